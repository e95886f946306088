// Package templates holds the pages a person sees: HTML, one set of templates
// per page, and the sentences in them.
//
// A page is a row in pages: the layout, all partials, and the files of that
// row, parsed together, so that every page may define the same blocks. Parsing
// happens once at the start; a page without its file, or a file without a page,
// stops it.
//
// Sentences are in text/<language>.json, all of them: also those of errors, of
// the relay's refusals, and of scripts (which find them in the page). A language
// is one file there and nothing else. Pages are parsed once per language, with
// the functions of that language: t for a sentence, forms for all plural forms
// of one, number for a number.
// The data of a page is a struct beside its handler; templates only read it.
// Everything is escaped by html/template; the only HTML made in Go are icons,
// patterns and miniatures, which are drawn from numbers.
package templates
