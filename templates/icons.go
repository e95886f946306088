package templates

import (
	"fmt"
	"html/template"
)

// icons are drawn on 20 by 20, with strokes of 1.5 in the colour of the text.
var icons = map[string]string{
	"arrow-left":  `<path d="M16 10H4m5-5-5 5 5 5"/>`,
	"arrow-right": `<path d="M4 10h12m-5-5 5 5-5 5"/>`,
	"chart":       `<path d="M3.5 16.5h13M6 13.5V9m4 4.5V4.5m4 9V7"/>`,
	"check":       `<path d="m4 10.5 4 4 8-9"/>`,
	"chevron":     `<path d="m6 8 4 4 4-4"/>`,
	"clock":       `<circle cx="10" cy="10" r="6.75"/><path d="M10 6.5V10l2.5 1.5"/>`,
	"code":        `<path d="m7 6.5-4 3.5 4 3.5m6-7 4 3.5-4 3.5m-1.5-9-3 11"/>`,
	"copy":        `<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7"/>`,
	"expand":      `<path d="M7.5 3.5h-4v4m9-4h4v4m-9 9h-4v-4m9 4h4v-4"/>`,
	"external":    `<path d="M11 3.5h5.5V9m0-5.5-7 7M14 11.5v3a2 2 0 0 1-2 2H5.5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h3"/>`,
	"filter":      `<path d="M3.5 5h13M6 10h8m-5.5 5h3"/>`,
	"folder":      `<path d="M3 6a1.5 1.5 0 0 1 1.5-1.5h3L9.25 6.5h6.25A1.5 1.5 0 0 1 17 8v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14z"/>`,
	"help":        `<circle cx="10" cy="10" r="6.75"/><path d="M8 8.25a2 2 0 1 1 2.7 1.87c-.45.17-.7.58-.7 1.08M10 13.5v.01"/>`,
	"info":        `<circle cx="10" cy="10" r="6.75"/><path d="M10 9.25v4M10 6.75v.01"/>`,
	"layers":      `<path d="m10 3.5 7 3.5-7 3.5L3 7zM3 10.5l7 3.5 7-3.5M3 13.75l7 3.5 7-3.5"/>`,
	"lock":        `<rect x="4.5" y="9" width="11" height="7.5" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>`,
	"menu":        `<path d="M3.5 5.5h13m-13 4.5h13m-13 4.5h13"/>`,
	"offline":     `<path d="m3.5 3.5 13 13M6 11.5a6 6 0 0 1 2.5-1.4M3.5 8.5A10 10 0 0 1 6.5 6.7m4-.9a10 10 0 0 1 6 2.7m-4.5 1.9a6 6 0 0 1 2 1.1M10 15v.01"/>`,
	"search":      `<circle cx="9" cy="9" r="5.25"/><path d="m13 13 3.5 3.5"/>`,
	"sign-out":    `<path d="M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H7.5"/>`,
	"star":        `<path d="m10 3 2.15 4.45 4.85.67-3.53 3.4.86 4.83L10 14.05l-4.33 2.3.86-4.83L3 8.12l4.85-.67z"/>`,
	"table":       `<rect x="3.5" y="4" width="13" height="12" rx="1.5"/><path d="M3.5 8h13m-13 4h13M8.5 8v8"/>`,
	"theme":       `<circle cx="10" cy="10" r="6.75"/><path d="M10 3.25v13.5a6.75 6.75 0 0 0 0-13.5z" fill="currentColor"/>`,
	"user":        `<circle cx="10" cy="7" r="3.25"/><path d="M3.75 16.5c.8-2.9 3.2-4.5 6.25-4.5s5.45 1.6 6.25 4.5"/>`,
	"warn":        `<path d="M10 3.5 17 16H3z"/><path d="M10 8.25v3.5m0 2v.01"/>`,
}

// icon draws an icon. It is always beside a word or in a control with a name,
// so it is hidden from readers.
func icon(name string) (template.HTML, error) {
	paths, found := icons[name]
	if !found {
		return "", fmt.Errorf("no icon %q", name)
	}
	drawing := `<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">` + paths + `</svg>`
	return template.HTML(drawing), nil //nolint:gosec // every drawing is in the table above
}
