// Package static holds everything a browser loads besides pages: our own style
// sheets, scripts and icons, and the browser libraries that `make assets`
// brings from npm. It embeds them, gives each a URL that changes with its
// content, and serves them.
//
// The digest in a URL covers a whole group of files (css, js, icons, or one
// library below vendor), not one file: modules import their neighbours by
// relative path, and a neighbour that changes must not be met by an old copy.
//
// css/app.css is not a file: it is css/app/*.css joined in the order of their
// names, so that topics have files of their own and pages one request.
package static
