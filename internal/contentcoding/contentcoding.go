package contentcoding

import (
	"strconv"
	"strings"
)

// Accepts reports whether the values of an Accept-Encoding header accept a
// coding (RFC 9110 section 12.5.3). A weight of 0 or one that is no number
// refuses it; "*" stands for codings that are not named.
func Accepts(values []string, coding string) bool {
	others := false
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, coding):
				return hasWeight(parameters)
			case name == "*":
				others = hasWeight(parameters)
			}
		}
	}
	return others
}

// hasWeight reports whether the weight among parameters is above 0; without one
// it is 1.
func hasWeight(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && weight > 0
		}
	}
	return true
}
