# Browser libraries from npm into static/vendor; nothing when up to date.
.PHONY: assets
assets:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "make assets: Node.js 20 or newer with npm is needed, see https://nodejs.org" >&2; exit 1; }
	@node static/build/assets.mjs
