package calc

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// FormatPlain shows a number the way a cell without a number format does.
func FormatPlain(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	// 14 digits hide the rounding noise of binary fractions.
	return strconv.FormatFloat(n, 'g', 14, 64)
}

// NumberFormat is a measure's qNumFormat.
type NumberFormat struct {
	Type      string `json:"qType"`
	Pattern   string `json:"qFmt"`
	Decimal   string `json:"qDec"`
	Thousands string `json:"qThou"`
}

// Text formats by a pattern such as "#,##0.00 €" or "0.0%": what stands before
// and after the digits is kept, a comma between digits means thousands
// separators, the digits after the point are the decimals.
func (f NumberFormat) Text(v Value) string {
	start := strings.IndexAny(f.Pattern, "#0")
	if !v.IsNumber() || f.Type == "" || f.Type == "U" || start < 0 {
		return v.Text
	}
	end := strings.LastIndexAny(f.Pattern, "#0") + 1
	digits, suffix := f.Pattern[start:end], f.Pattern[end:]
	n := v.Num
	if strings.Contains(suffix, "%") {
		n *= 100
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	text := strconv.FormatFloat(math.Abs(n), 'f', len(fraction), 64)
	integer, decimals, hasDecimals := strings.Cut(text, ".")
	if strings.Contains(whole, ",") {
		integer = grouped(integer, cmp.Or(f.Thousands, ","))
	}
	if hasDecimals {
		integer += cmp.Or(f.Decimal, ".") + decimals
	}
	sign := ""
	if n < 0 && strings.Trim(text, "0.") != "" {
		sign = "-"
	}
	return sign + f.Pattern[:start] + integer + suffix
}

func grouped(digits, separator string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}
