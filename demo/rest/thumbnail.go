package rest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"vitrine/demo/state"
)

// Size of a thumbnail, 16:10. Drawing happens at twice the size and is then
// averaged down, which makes edges smooth without a drawing library.
const (
	thumbnailWidth  = 480
	thumbnailHeight = 300
	supersampling   = 2
)

// largeSketch is a number of pixels from which on edges look smooth enough
// without, and twice the size would be a burden.
const largeSketch = 2_000_000

// palettes belong to the templates: background, soft, middle, strong.
var palettes = map[string][4]color.NRGBA{
	"sales":      {rgb(0xEEF6F1), rgb(0xC9E4D5), rgb(0x74BA95), rgb(0x1F7A4D)},
	"operations": {rgb(0xEFF4F9), rgb(0xCBDDEE), rgb(0x7FA9D1), rgb(0x2B5F95)},
	"finance":    {rgb(0xF8F3EA), rgb(0xEBDCBD), rgb(0xCBA765), rgb(0x8A6420)},
	"people":     {rgb(0xF6F0F6), rgb(0xE2CFE3), rgb(0xB78DBB), rgb(0x73467A)},
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// drawThumbnail makes the same calm little chart for the same app every time.
func drawThumbnail(a *state.App) ([]byte, error) {
	return drawPicture(a.Template, a.Name, thumbnailWidth, thumbnailHeight)
}

// drawPicture draws one motif, which the name decides, in the colours of a template.
func drawPicture(template, name string, width, height int) ([]byte, error) {
	p, known := palettes[template]
	if !known {
		p = palettes["sales"]
	}
	scale := supersampling
	if width*height > largeSketch {
		scale = 1
	}
	s := &sketch{image.NewNRGBA(image.Rect(0, 0, width*scale, height*scale))}
	s.rect(0, 0, 1, 1, p[0])
	h := state.HashOf(name)
	// Two bars where a title and a subtitle would be.
	s.rect(0.06, 0.09, 0.06+0.2+float64(h[12])/255*0.18, 0.125, p[3])
	s.rect(0.06, 0.155, 0.06+0.1+float64(h[13])/255*0.1, 0.175, p[1])
	motifs[int(h[14])%len(motifs)](s, p, h)
	var out bytes.Buffer
	if err := png.Encode(&out, s.shrink(scale)); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

// sketch draws in coordinates from 0 to 1.
type sketch struct{ *image.NRGBA }

func (s *sketch) rect(x0, y0, x1, y1 float64, c color.NRGBA) {
	s.fill(x0, y0, x1, y1, c, func(float64, float64) bool { return true })
}

// fill colours the pixels of a box for which inside holds.
func (s *sketch) fill(x0, y0, x1, y1 float64, c color.NRGBA, inside func(x, y float64) bool) {
	w, h := float64(s.Rect.Dx()), float64(s.Rect.Dy())
	for py := max(0, int(y0*h)); py < min(s.Rect.Dy(), int(y1*h)); py++ {
		for px := max(0, int(x0*w)); px < min(s.Rect.Dx(), int(x1*w)); px++ {
			if inside((float64(px)+0.5)/w, (float64(py)+0.5)/h) {
				s.SetNRGBA(px, py, c)
			}
		}
	}
}

// ring fills a segment of a ring, turn and sweep in parts of a full turn.
func (s *sketch) ring(cx, cy, inner, outer, turn, sweep float64, c color.NRGBA) {
	aspect := float64(s.Rect.Dx()) / float64(s.Rect.Dy())
	s.fill(cx-outer, cy-outer*aspect, cx+outer, cy+outer*aspect, c, func(x, y float64) bool {
		dx, dy := x-cx, (y-cy)/aspect
		d := math.Hypot(dx, dy)
		at := math.Mod(math.Atan2(dx, -dy)/(2*math.Pi)+1-turn+1, 1)
		return d >= inner && d < outer && at < sweep
	})
}

// curve returns a smooth wave between 0 and 1 that the hash decides, from a
// table: it is called for every pixel.
func curve(h [32]byte, from int) func(x float64) float64 {
	a, b, c := float64(h[from])/255, float64(h[from+1])/255, float64(h[from+2])/255
	var table [512]float64
	for i := range table {
		x := float64(i) / float64(len(table)-1)
		table[i] = 0.5 + 0.18*math.Sin(2*math.Pi*(x*(1+a)+b)) + 0.1*math.Sin(2*math.Pi*(x*3+c)) + 0.18*(x-0.5)
	}
	return func(x float64) float64 { return table[max(0, min(len(table)-1, int(x*float64(len(table)))))] }
}

var motifs = []func(*sketch, [4]color.NRGBA, [32]byte){drawBars, drawArea, drawRing, drawRows, drawDots, drawGrid}

func drawBars(s *sketch, p [4]color.NRGBA, h [32]byte) {
	f := curve(h, 15)
	for i := range 9 {
		x := 0.06 + float64(i)*0.1
		top := 0.92 - 0.64*f(float64(i)/8)
		c := p[2]
		if i == int(h[18])%9 {
			c = p[3]
		}
		s.rect(x, top, x+0.07, 0.92, c)
	}
}

func drawArea(s *sketch, p [4]color.NRGBA, h [32]byte) {
	low, high := curve(h, 15), curve(h, 19)
	at := func(f func(float64) float64, x float64) float64 { return 0.92 - 0.6*f((x-0.06)/0.88) }
	s.fill(0.06, 0.24, 0.94, 0.92, p[1], func(x, y float64) bool { return y > at(high, x)-0.1 })
	s.fill(0.06, 0.24, 0.94, 0.92, p[2], func(x, y float64) bool { return y > at(low, x)+0.12 })
	s.fill(0.06, 0.2, 0.94, 0.92, p[3], func(x, y float64) bool { return math.Abs(y-at(high, x)+0.1) < 0.008 })
}

func drawRing(s *sketch, p [4]color.NRGBA, h [32]byte) {
	first, second := 0.35+float64(h[15])/255*0.2, 0.15+float64(h[16])/255*0.15
	s.ring(0.3, 0.58, 0.1, 0.19, 0, first, p[3])
	s.ring(0.3, 0.58, 0.1, 0.19, first, second, p[2])
	s.ring(0.3, 0.58, 0.1, 0.19, first+second, 1-first-second, p[1])
	for i := range 4 {
		y := 0.36 + float64(i)*0.13
		s.rect(0.58, y, 0.61, y+0.048, p[3-min(i, 2)])
		s.rect(0.64, y+0.008, 0.64+0.12+float64(h[17+i])/255*0.16, y+0.04, p[1])
	}
}

func drawRows(s *sketch, p [4]color.NRGBA, h [32]byte) {
	for i := range 7 {
		y := 0.27 + float64(i)*0.095
		s.rect(0.06, y+0.015, 0.06+0.08+float64(h[15+i])/255*0.06, y+0.04, p[1])
		length := 0.66 * math.Pow(0.84, float64(i)) * (0.85 + float64(h[23+i])/255*0.15)
		c := p[2]
		if i == 0 {
			c = p[3]
		}
		s.rect(0.24, y, 0.24+length, y+0.055, c)
	}
}

func drawDots(s *sketch, p [4]color.NRGBA, h [32]byte) {
	s.rect(0.06, 0.915, 0.94, 0.92, p[1])
	s.rect(0.06, 0.25, 0.063, 0.92, p[1])
	for i := range 22 {
		x := 0.12 + float64(h[i])/255*0.76
		y := 0.84 - (x-0.1)*0.45 - float64(h[31-i])/255*0.16
		s.ring(x, y, 0, 0.009+float64(h[(i*7)%32])/255*0.016, 0, 1.1, p[1+i%3])
	}
}

func drawGrid(s *sketch, p [4]color.NRGBA, h [32]byte) {
	f := curve(h, 15)
	for col := range 11 {
		for row := range 6 {
			x, y := 0.06+float64(col)*0.081, 0.26+float64(row)*0.112
			level := f(float64(col)/10)*0.75 + float64(h[(col*6+row)%32])/255*0.35
			s.rect(x, y, x+0.07, y+0.095, p[1+min(2, int(level*3))])
		}
	}
}

// shrink averages each block of pixels into one.
func (s *sketch) shrink(scale int) *image.NRGBA {
	if scale == 1 {
		return s.NRGBA
	}
	out := image.NewNRGBA(image.Rect(0, 0, s.Rect.Dx()/scale, s.Rect.Dy()/scale))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var r, g, b int
			for dy := range scale {
				for dx := range scale {
					c := s.NRGBAAt(x*scale+dx, y*scale+dy)
					r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
				}
			}
			n := scale * scale
			out.SetNRGBA(x, y, color.NRGBA{R: uint8(r / n), G: uint8(g / n), B: uint8(b / n), A: 0xFF})
		}
	}
	return out
}
