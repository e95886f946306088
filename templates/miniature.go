package templates

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Cell is one object on a sheet, placed in percent of the sheet.
type Cell struct {
	Kind          string // "barchart", "kpi", …: the tenant's word
	X, Y          float64
	Width, Height float64
}

// miniature draws a sheet's cells on 240 by 150: where each object is, and
// what it roughly looks like. class says where it is used; "ghost" leaves out
// what is inside the cells and lets the drawing stretch.
func miniature(cells []Cell, class string) template.HTML {
	var b strings.Builder
	stretch := ""
	if class == "ghost" {
		stretch = ` preserveAspectRatio="none"`
	}
	fmt.Fprintf(&b, `<svg class="miniature %s" viewBox="0 0 240 150"%s aria-hidden="true">`, template.HTMLEscapeString(class), stretch)
	for _, cell := range cells {
		x, y, w, h := cell.box()
		if w < 1 || h < 1 {
			continue
		}
		fmt.Fprintf(&b, `<rect class="cell" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3"/>`, x, y, w, h)
		if class != "ghost" && w > 12 && h > 8 {
			b.WriteString(glyph(cell.Kind, x+w*0.14, y+h*0.2, w*0.72, h*0.6))
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // class is escaped, a kind only chooses, the rest is numbers
}

// box is where the cell is drawn: with a gap around it, and never outside the
// drawing, whatever numbers the tenant sent.
func (c Cell) box() (x, y, w, h float64) {
	const gap = 3
	left, top := within(c.X), within(c.Y)
	right, bottom := within(c.X+c.Width), within(c.Y+c.Height)
	return left*2.4 + gap, top*1.5 + gap, (right-left)*2.4 - 2*gap, (bottom-top)*1.5 - 2*gap
}

func within(percent float64) float64 {
	if math.IsNaN(percent) {
		return 0
	}
	return min(max(percent, 0), 100)
}

// glyph hints at the kind of an object.
func glyph(kind string, x, y, w, h float64) string {
	switch {
	case strings.Contains(kind, "kpi") || strings.Contains(kind, "gauge") || strings.Contains(kind, "text"):
		return fmt.Sprintf(`<rect class="strong" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, x, y+h*0.25, w*0.6, h*0.5)
	case strings.Contains(kind, "line"):
		return fmt.Sprintf(`<polyline class="line" points="%.1f %.1f %.1f %.1f %.1f %.1f %.1f %.1f"/>`,
			x, y+h*0.9, x+w*0.33, y+h*0.45, x+w*0.66, y+h*0.65, x+w, y+h*0.1)
	case strings.Contains(kind, "pie"):
		r := min(w, h) / 2
		return fmt.Sprintf(`<circle class="soft" cx="%.1f" cy="%.1f" r="%.1f"/>`, x+w/2, y+h/2, r)
	case strings.Contains(kind, "scatter"):
		return scattered(x, y, w, h)
	case strings.Contains(kind, "table") || strings.Contains(kind, "listbox") || strings.Contains(kind, "filterpane"):
		return lines(x, y, w, h)
	}
	return bars(x, y, w, h)
}

func bars(x, y, w, h float64) string {
	var b strings.Builder
	for i, height := range []float64{0.55, 0.9, 0.7, 0.4, 0.8} {
		class := strength(i == 1)
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1"/>`,
			class, x+w*0.2*float64(i), y+h*(1-height), w*0.14, h*height)
	}
	return b.String()
}

func lines(x, y, w, h float64) string {
	var b strings.Builder
	count := int(min(max(h/9, 2), 7))
	for i := range count {
		fmt.Fprintf(&b, `<rect class="soft" x="%.1f" y="%.1f" width="%.1f" height="2.5" rx="1"/>`,
			x, y+h*float64(i)/float64(count), w*(1-0.12*float64(i%3)))
	}
	return b.String()
}

func scattered(x, y, w, h float64) string {
	var b strings.Builder
	for i, p := range [][2]float64{{0.1, 0.8}, {0.3, 0.5}, {0.45, 0.65}, {0.6, 0.3}, {0.75, 0.45}, {0.95, 0.1}} {
		fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="%.1f" r="3"/>`, strength(i == 3), x+w*p[0], y+h*p[1])
	}
	return b.String()
}
