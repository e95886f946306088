# Browser libraries from npm into static/vendor; nothing when up to date.
.PHONY: assets
assets:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "make assets: Node.js 20 or newer with npm is needed, see https://nodejs.org" >&2; exit 1; }
	@node static/build/assets.mjs

.DEFAULT_GOAL := help

# Try it: the program in demo mode, with nothing to install or to configure.
.PHONY: run
run: assets
	go run ./cmd/vitrine

# The program as one static file, ./vitrine, compiled with what is known of where
# it spends its time (make pgo). That takes two minutes more than make run does.
.PHONY: build
build: assets
	CGO_ENABLED=0 go build -trimpath -pgo=cmd/vitrine/release.pgo -o vitrine ./cmd/vitrine

# The race detector needs a C compiler; the product does not.
race = $(if $(and $(filter 1,$(shell go env CGO_ENABLED)),$(shell command -v gcc)),-race)

# Every test, against a real Redis, PostgreSQL and browser. Packages run one
# after the other: many of them start servers, and what waits for one must not
# wait for the others, too. The last two build the program themselves, so that Go
# would take their results from its cache although the program has changed.
.PHONY: test
test: assets
	@.ci/install-missing
	node --test --test-reporter=dot static/tests/*.test.mjs
	go test $(race) -p 1 -timeout 15m $$(go list ./... | grep -vE '/(bench|e2e)$$')
	go test -count 1 -p 1 -timeout 25m ./bench ./e2e

# Pinned in a module file of its own, so that the product does not depend on it.
lint = go tool -modfile=tools/go.mod golangci-lint

# Format, vet, lint (imports, sizes, mistakes), module file, our JavaScript.
# -e: tidy also wants the modules that our libraries' own tests need, and one
# that a proxy does not have must not stop the check of our module file.
.PHONY: check
check:
	@unformatted="$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go'))"; \
		test -z "$$unformatted" || { echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go mod tidy -e -diff
	@.ci/check-size
	@git ls-files --cached --others --exclude-standard '*.js' '*.mjs' | while read -r file; do \
		test ! -f "$$file" || node --check "$$file" || exit 1; done
	$(lint) run

.PHONY: fmt
fmt:
	gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')

# What the way through costs compared with a bare reverse proxy: the table of
# docs/performance.md. Needs Linux and redis-server, and some ten minutes.
.PHONY: bench
bench:
	go test -run '^$$' -bench . -timeout 1h ./bench

# Where the portal spends time and memory under each of those loads. Read them
# with, for example: go tool pprof -http : profiles/get-2KB.cpu.pprof
.PHONY: profile
profile:
	@mkdir -p profiles
	go test -run '^$$' -bench Floor -timeout 1h ./bench -profiles "$(CURDIR)/profiles"
	@echo "read one with: go tool pprof -http : profiles/get-2KB.cpu.pprof"

# What make build is told of where the program spends its time. Once in a while,
# when the hot paths have changed; an older one does no harm.
.PHONY: pgo
pgo: profile
	go run -C tools ./pgo $(CURDIR)/profiles/*.cpu.pprof > profiles/release.pgo
	mv profiles/release.pgo cmd/vitrine/release.pgo

.PHONY: help
help:
	@echo "make run     start Vitrine in demo mode on http://localhost:8080"
	@echo "make test    run every test; installs what is missing, as root on Debian"
	@echo "make check   format, vet, lint, module file, file sizes, JavaScript syntax"
	@echo "make build   build ./vitrine"
	@echo "make assets  bring the browser libraries into static/vendor"
	@echo "make fmt     format the Go files"
	@echo "make bench   measure costs against a bare reverse proxy, ten minutes"
	@echo "make pgo     renew the profile that make build compiles with"
	@echo "make profile write CPU and heap profiles under each load into profiles/"
