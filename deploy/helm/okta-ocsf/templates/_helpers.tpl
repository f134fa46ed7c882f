{{- define "okta-ocsf.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "okta-ocsf.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "okta-ocsf.metadata" -}}
name: {{ include "okta-ocsf.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "okta-ocsf.selectorLabels" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "okta-ocsf.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- /* The settings, and the path of the file that holds each secret. */ -}}
{{- define "okta-ocsf.settings" -}}
{{- $settings := dict -}}
{{- range $name, $value := .Values.settings -}}{{- $_ := set $settings $name $value -}}{{- end -}}
{{- range $name, $key := .Values.secretKeys -}}
{{- $_ := set $settings (printf "%s_FILE" $name) (printf "/run/secrets/okta-ocsf/%s" $key) -}}
{{- end -}}
{{- toYaml $settings -}}
{{- end -}}

{{- /* The pod's template of both modes; `args` are the command. */ -}}
{{- define "okta-ocsf.pod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "okta-ocsf.selectorLabels" $root | nindent 4 }}
    {{- with $root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.serviceAccountName }}
  serviceAccountName: {{ . }}
  {{- end }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- toYaml $root.Values.podSecurityContext | nindent 4 }}
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  {{- with $root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  restartPolicy: {{ .restartPolicy }}
  containers:
    - name: okta-ocsf
      image: {{ include "okta-ocsf.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args:
        {{- toYaml .args | nindent 8 }}
      env:
        - name: HTTP_PORT
          value: {{ $root.Values.httpPort | quote }}
        {{- if $root.Values.caBundle.configMap }}
        - name: NODE_EXTRA_CA_CERTS
          value: /etc/okta-ocsf-ca/{{ $root.Values.caBundle.key }}
        {{- end }}
        {{- with $root.Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if eq $root.Values.mode "worker" }}
      ports:
        - name: http
          containerPort: {{ $root.Values.httpPort }}
      livenessProbe:
        {{- toYaml $root.Values.livenessProbe | nindent 8 }}
      readinessProbe:
        {{- toYaml $root.Values.readinessProbe | nindent 8 }}
      startupProbe:
        {{- toYaml $root.Values.startupProbe | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml $root.Values.containerSecurityContext | nindent 8 }}
      resources:
        {{- toYaml $root.Values.resources | nindent 8 }}
      volumeMounts:
        - name: state
          mountPath: /var/lib/okta-ocsf
        - name: settings
          mountPath: /etc/okta-ocsf
          readOnly: true
        - name: secrets
          mountPath: /run/secrets/okta-ocsf
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if $root.Values.caBundle.configMap }}
        - name: ca
          mountPath: /etc/okta-ocsf-ca
          readOnly: true
        {{- end }}
        {{- with $root.Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: state
      persistentVolumeClaim:
        claimName: {{ default (include "okta-ocsf.fullname" $root) $root.Values.persistence.existingClaim }}
    - name: settings
      configMap:
        name: {{ include "okta-ocsf.fullname" $root }}
    - name: secrets
      secret:
        secretName: {{ $root.Values.existingSecret }}
        # 0440 in decimal: the files belong to root, and the pod's fsGroup reads them.
        defaultMode: 288
        items:
          {{- range $name, $key := $root.Values.secretKeys }}
          - key: {{ $key }}
            path: {{ $key }}
          {{- end }}
    - name: tmp
      emptyDir:
        sizeLimit: 1Gi
    {{- if $root.Values.caBundle.configMap }}
    - name: ca
      configMap:
        name: {{ $root.Values.caBundle.configMap }}
    {{- end }}
    {{- with $root.Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
