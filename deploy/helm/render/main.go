// Renders the chart for each examples/*.values.yaml into the *.rendered.yaml beside it, as `helm template` would, with the
// part of Helm that the chart uses. With --check it changes nothing, and ends with 1 where a file would differ.
//
// On Debian, with golang-go and golang-github-masterminds-sprig-dev, from the top of a checkout:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run deploy/helm/render/main.go [--check]
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

const (
	helm  = "deploy/helm"
	chart = helm + "/okta-ocsf"
)

type values = map[string]interface{}

// files is what the chart knows as .Files.
type files struct{}

func (files) Get(name string) string { return string(read(filepath.Join(chart, name))) }

func main() {
	isCheck := len(os.Args) > 1 && os.Args[1] == "--check"
	differs := put(chart+"/files/rules.yml", read("deploy/prometheus/rules.yml"), isCheck)
	for _, path := range glob(helm + "/examples/*.values.yaml") {
		rendered := render(merged(parsed(chart+"/values.yaml"), parsed(path)))
		target := strings.TrimSuffix(path, ".values.yaml") + ".rendered.yaml"
		differs = put(target, rendered, isCheck) || differs
	}
	differs = put(helm+"/examples/made-from.sha256", []byte(digest()+"\n"), isCheck) || differs
	if isCheck && differs {
		os.Exit(1)
	}
}

// render gives the manifests in the order of their templates' names.
func render(given values) []byte {
	about := parsed(chart + "/Chart.yaml")
	root := values{
		"Values":  given,
		"Release": values{"Name": "okta-ocsf", "Namespace": "okta-ocsf", "Service": "Helm"},
		"Chart":   values{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Files":   files{},
	}
	all := template.New("chart").Option("missingkey=error").Funcs(sprig.TxtFuncMap())
	all.Funcs(template.FuncMap{
		"include": func(name string, data interface{}) (string, error) {
			var out bytes.Buffer
			err := all.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"toYaml": func(value interface{}) string { return strings.TrimSuffix(string(asYaml(value)), "\n") },
	})
	paths := glob(chart + "/templates/*")
	for _, path := range paths {
		must(all.New(path).Parse(string(read(path))))
	}
	var out bytes.Buffer
	for _, path := range paths {
		var one bytes.Buffer
		check(all.ExecuteTemplate(&one, path, root))
		text := strings.Trim(one.String(), "\n")
		if strings.HasSuffix(path, ".yaml") && text != "" {
			fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", strings.TrimPrefix(path, helm+"/"), text)
		}
	}
	return out.Bytes()
}

// merged lays the given values over the defaults, as Helm does: maps are merged, null takes a key away.
func merged(defaults, given values) values {
	out := values{}
	for key, value := range defaults {
		out[key] = value
	}
	for key, value := range given {
		below, isMap := out[key].(values)
		above, isMapToo := value.(values)
		switch {
		case value == nil:
			delete(out, key)
		case isMap && isMapToo:
			out[key] = merged(below, above)
		default:
			out[key] = value
		}
	}
	return out
}

// digest is one of all files that the manifests are made from, so that a test without Go sees that they are stale.
func digest() string {
	var paths []string
	check(filepath.Walk(chart, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	paths = append(paths, glob(helm+"/examples/*.values.yaml")...)
	sort.Strings(paths)
	hash := sha256.New()
	for _, path := range paths {
		fmt.Fprintf(hash, "%s\n%s\n", strings.TrimPrefix(path, helm+"/"), read(path))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// put writes a file, or says that it would differ.
func put(path string, content []byte, isCheck bool) bool {
	before, _ := os.ReadFile(path)
	if bytes.Equal(before, content) {
		return false
	}
	fmt.Println(path, "differs")
	if !isCheck {
		check(os.WriteFile(path, content, 0o644))
	}
	return true
}

func asYaml(value interface{}) []byte {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	check(encoder.Encode(value))
	return out.Bytes()
}

func parsed(path string) values {
	out := values{}
	check(yaml.Unmarshal(read(path), &out))
	return out
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	check(err)
	return content
}

func glob(pattern string) []string {
	paths, err := filepath.Glob(pattern)
	check(err)
	return paths
}

func must(_ *template.Template, err error) { check(err) }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
