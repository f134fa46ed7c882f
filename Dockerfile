# Everything that building takes stays in this stage.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--include=dev", "--loglevel=error"]
COPY . .
RUN ["npm", "run", "build"]

# What the product needs to run, and nothing else.
FROM node:24-bookworm-slim AS production
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"]

FROM node:24-bookworm-slim
# The commit: docker build --build-arg REVISION="$(git rev-parse HEAD)"
ARG REVISION=unknown
LABEL org.opencontainers.image.title="okta-ocsf" \
      org.opencontainers.image.description="Reads every user of an Okta org and delivers them as OCSF User Inventory events" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.source="https://github.com/okta-ocsf/okta-ocsf" \
      org.opencontainers.image.revision="$REVISION"

WORKDIR /opt/okta-ocsf
COPY --from=build /build/package.json /build/connector.json /build/LICENSE /build/README.md /build/CHANGELOG.md \
     /build/CONTRIBUTING.md /build/SECURITY.md ./
COPY --from=production /build/node_modules node_modules
COPY --from=build /build/schemas schemas
COPY --from=build /build/docs docs
COPY --from=build /build/queries queries
COPY --from=build /build/deploy deploy
COPY --from=build /build/bin/okta-ocsf.js /build/bin/healthcheck.js bin/
COPY --from=build /build/dist dist

# The state folder is for the user `node` and for any other uid of group 0, which is the group of a container that is
# given a uid alone (`--user 12345`). Nobody else may look in; the files in it are for their owner alone (0600).
RUN ["node", "-e", "\
  const fs = require('node:fs'); \
  fs.symlinkSync('/opt/okta-ocsf/bin/okta-ocsf.js', '/usr/local/bin/okta-ocsf'); \
  fs.mkdirSync('/var/lib/okta-ocsf'); \
  fs.chownSync('/var/lib/okta-ocsf', 1000, 0); \
  fs.chmodSync('/var/lib/okta-ocsf', 0o770);"]

# The C library keeps free memory of its own for each thread. With one share for all, a worker takes some 10 MB less.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    STATE_DIR=/var/lib/okta-ocsf \
    HTTP_HOST=0.0.0.0 \
    HOOK_HOST=0.0.0.0
USER node
VOLUME ["/var/lib/okta-ocsf"]
EXPOSE 8080

# HTTP_HOST and HTTP_PORT count when they are given in the environment. Only `worker` listens: switch it off for `sync`
# (--no-healthcheck).
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "/opt/okta-ocsf/bin/healthcheck.js"]

# While Node starts, before the product listens to signals, SIGUSR1 would open Node's debugger. The flag stands here so
# that it holds whatever NODE_OPTIONS the container is given.
ENTRYPOINT ["node", "--disable-sigusr1", "/opt/okta-ocsf/bin/okta-ocsf.js"]
CMD ["worker"]
