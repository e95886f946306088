package templates

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"strings"
)

// tints is how many colour pairs the style sheet has for patterns: tint-0 and
// up.
const tints = 6

// pattern draws the calm picture of an app that has none: always the same for
// the same name, in the manner of a chart. Colours come from the style sheet,
// for inline styles are not allowed.
func pattern(name string) template.HTML {
	h := fnv.New64a()
	h.Write([]byte(name))
	d := &dice{h.Sum64()}
	tint := d.roll(tints)
	shapes := []func(*dice) string{columns, rows, area, dots, rings}[d.roll(5)](d)
	drawing := fmt.Sprintf(`<svg class="pattern tint-%d" viewBox="0 0 160 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true">`, tint) +
		shapes + `</svg>`
	return template.HTML(drawing) //nolint:gosec // of the name, only numbers drawn by its hash get in
}

// dice turn one hash into a row of small numbers (xorshift: even enough for a
// picture).
type dice struct{ state uint64 }

func (d *dice) roll(sides int) int {
	d.state |= 1
	d.state ^= d.state << 13
	d.state ^= d.state >> 7
	d.state ^= d.state << 17
	return int(d.state>>33) % sides
}

func columns(d *dice) string {
	var b strings.Builder
	accent := d.roll(7)
	for i := range 7 {
		height := 18 + d.roll(46)
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="12" height="%d" rx="2"/>`, strength(i == accent), 20+i*18, 82-height, height)
	}
	return b.String()
}

func rows(d *dice) string {
	var b strings.Builder
	width := 112 + d.roll(16)
	for i := range 5 {
		fmt.Fprintf(&b, `<rect class="%s" x="20" y="%d" width="%d" height="8" rx="2"/>`, strength(i == 0), 22+i*13, width)
		width -= 8 + d.roll(20)
	}
	return b.String()
}

func area(d *dice) string {
	var line strings.Builder
	for i := range 9 {
		fmt.Fprintf(&line, "%d %d ", i*20, 66-i*3-d.roll(24))
	}
	return fmt.Sprintf(`<path class="soft" d="M0 100 L%sL160 100z"/><polyline class="line" points="%s"/>`, line.String(), line.String())
}

func dots(d *dice) string {
	var b strings.Builder
	accent := d.roll(18)
	for i := range 18 {
		x, y := 26+i%6*22, 26+i/6*24
		fmt.Fprintf(&b, `<circle class="%s" cx="%d" cy="%d" r="%d"/>`, strength(i == accent), x, y, 3+d.roll(6))
	}
	return b.String()
}

func rings(d *dice) string {
	var b strings.Builder
	accent := d.roll(3)
	for i := range 3 {
		r := 14 + i*11
		circumference := 2 * 3.1416 * float64(r)
		part := 0.35 + float64(d.roll(50))/100
		fmt.Fprintf(&b, `<circle class="ring %s" cx="80" cy="50" r="%d" stroke-dasharray="%.0f %.0f" transform="rotate(%d 80 50)"/>`,
			strength(i == accent), r, circumference*part, circumference, d.roll(360))
	}
	return b.String()
}

func strength(strong bool) string {
	if strong {
		return "strong"
	}
	return "soft"
}
