# syntax=docker/dockerfile:1

# The browser libraries, from npm. package-lock.json holds their hashes.
FROM node:22-alpine AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY static ./static
COPY demo/runtime ./demo/runtime
RUN --mount=type=cache,target=/root/.npm node static/build/assets.mjs

# The program, as one static file with everything in it.
FROM golang:1.26.8-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=assets /src/static/vendor ./static/vendor
ARG VERSION=
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    VERSION="${VERSION:-$(sh deploy/commit.sh)}" \
    && CGO_ENABLED=0 go build -trimpath -pgo=cmd/vitrine/release.pgo -ldflags "-s -w -X main.released=${VERSION}" -o /out/vitrine ./cmd/vitrine \
    && mkdir /out/data

# Nothing but the program and the certificates it trusts: no shell, no package
# manager, no user database, hence the number.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/vitrine /vitrine
# sqlite:vitrine.db, the default of DATABASE_URL, is a file in here.
COPY --from=build --chown=65532:65532 /out/data /data
WORKDIR /data
USER 65532:65532

# In a container, localhost is the container: the demo tenant has to listen on
# all addresses. Browsers reach it through the published port, and DEMO_URL says
# under which name: http://localhost:8090 by default.
ENV DEMO_ADDR=:8090
EXPOSE 8080 8090
HEALTHCHECK --interval=10s --timeout=4s --start-period=10s --start-interval=1s --retries=3 CMD ["/vitrine", "healthcheck"]
ENTRYPOINT ["/vitrine"]
CMD ["serve"]
