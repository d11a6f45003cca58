# What is built is JavaScript, the same for each platform: no build is emulated. (The builder before BuildKit knows no
# BUILDPLATFORM.)
FROM --platform=${BUILDPLATFORM:-linux/amd64} node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY .npmrc LICENSE package-lock.json package.json ./
# A checkout under a strict umask would leave files that only root can read.
RUN chmod 644 LICENSE package.json && npm ci --omit=dev

FROM dependencies AS build
RUN npm ci
COPY tsconfig.build.json tsconfig.json ./
COPY src src
# The compiler takes away types and nothing else, so that a stack is readable as it is, without maps.
RUN npm run build -- --sourceMap false

# Node, its libraries and certificates: no shell and no package manager to find, and less to patch than in a slim image.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
COPY --from=dependencies /app/LICENSE /app/package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist

# The base's nonroot, by number: Kubernetes' runAsNonRoot cannot check a name. It owns none of the files above.
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["/nodejs/bin/node", "/app/dist/healthcheck.js"]
# The process itself is PID 1 and handles its signals. Arguments reach it: `docker run … --check-config`.
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/server.js"]

ARG VERSION=dev
LABEL org.opencontainers.image.title="vault-session-broker" \
      org.opencontainers.image.description="Mints Apideck Vault sessions for browsers: knows who calls, keeps the API key, answers with the vault's URL." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
