package calc

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Expression is a parsed measure such as Sum(Sales)/Count(distinct Customer).
// Its aggregations are numbered, so that each is run over the rows once and the
// arithmetic around them is done per group afterwards.
type Expression struct {
	root         node
	Aggregations []*aggregation
}

// node is a part of an expression. env.row is the row inside an aggregation,
// env.group the group outside of one.
type node interface{ eval(env *env) Value }

type literal struct{ v Value }

type fieldRef struct{ f *Field }

type binary struct {
	op          byte
	left, right node
}

// aggregation is one Sum(…), Count(…) and so on.
type aggregation struct {
	kind     string // lower case
	distinct bool
	total    bool // over all rows instead of the group's
	Set      *setExpression
	arg      node
	index    int // in expression.aggregations
}

// aggregationKinds lists the functions known; only is what a bare field means
// outside of an aggregation.
var aggregationKinds = map[string]bool{"sum": true, "count": true, "avg": true, "min": true, "max": true, "only": true}

// parser is a recursive descent over the text; pos is a byte offset.
type parser struct {
	data   *Dataset
	text   string
	pos    int
	depth  int // of parentheses, bounded because the text comes from outside
	inside *aggregation
	out    *Expression
}

const maxDepth = 50

// Parse understands Sum, Count, Avg, Min, Max and Only with distinct,
// total and simple set analysis; the four operations, & and parentheses;
// numbers, 'texts' and fields. Anything else is an error that names the place.
func Parse(d *Dataset, text string) (*Expression, error) {
	p := &parser{data: d, text: strings.TrimPrefix(strings.TrimSpace(text), "="), out: &Expression{}}
	if strings.TrimSpace(p.text) == "" {
		return nil, fmt.Errorf("expression is empty")
	}
	root, err := p.concatenation()
	if err != nil {
		return nil, err
	}
	if p.peek() != 0 {
		return nil, p.unexpected()
	}
	p.out.root = root
	return p.out, nil
}

func (p *parser) unexpected() error {
	if p.peek() == 0 {
		return fmt.Errorf("expression ends too early: %q", p.text)
	}
	return fmt.Errorf("unexpected %q at %d in %q", p.text[p.pos], p.pos, p.text)
}

// peek skips blanks and returns the next byte, or 0 at the end.
func (p *parser) peek() byte {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

func (p *parser) concatenation() (node, error) { return p.operators("&", p.sum) }

func (p *parser) sum() (node, error) { return p.operators("+-", p.product) }

func (p *parser) product() (node, error) { return p.operators("*/", p.unary) }

// operators parses a left-associative chain of one precedence level.
func (p *parser) operators(ops string, operand func() (node, error)) (node, error) {
	left, err := operand()
	for err == nil {
		op := p.peek()
		if op == 0 || strings.IndexByte(ops, op) < 0 {
			break
		}
		p.pos++
		var right node
		if right, err = operand(); err == nil {
			left = binary{op, left, right}
		}
	}
	return left, err
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("expression is nested too deeply")
	}
	defer func() { p.depth-- }()
	switch {
	case p.accept('-'):
		operand, err := p.unary()
		return binary{'-', literal{NumberValue(0)}, operand}, err
	case p.accept('+'):
		return p.unary()
	}
	return p.primary()
}

func (p *parser) primary() (node, error) {
	c := p.peek()
	switch {
	case c == '(':
		p.pos++
		inner, err := p.concatenation()
		if err == nil && !p.accept(')') {
			err = p.unexpected()
		}
		return inner, err
	case c == '\'':
		text, err := p.quoted('\'', '\'')
		return literal{TextValue(text)}, err
	case c == '[' || c == '"':
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		return p.reference(name)
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	}
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if p.accept('(') {
		return p.function(name)
	}
	return p.reference(name)
}

func (p *parser) number() (node, error) {
	start := p.pos
	for p.pos < len(p.text) && strings.IndexByte("0123456789.", p.text[p.pos]) >= 0 {
		p.pos++
	}
	n, err := strconv.ParseFloat(p.text[start:p.pos], 64)
	if err != nil {
		return nil, fmt.Errorf("not a number: %q", p.text[start:p.pos])
	}
	return literal{NumberValue(n)}, nil
}

// quoted reads up to the closing mark, which is doubled where it is meant itself.
func (p *parser) quoted(open, end byte) (string, error) {
	if !p.accept(open) {
		return "", p.unexpected()
	}
	var out strings.Builder
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		if c != end {
			out.WriteByte(c)
			continue
		}
		if p.pos == len(p.text) || p.text[p.pos] != end {
			return out.String(), nil
		}
		p.pos++
		out.WriteByte(end)
	}
	return "", fmt.Errorf("missing %q in %q", end, p.text)
}

// name reads a field or function name: [in brackets], "in quotes" or bare.
func (p *parser) name() (string, error) {
	switch p.peek() {
	case '[':
		return p.quoted('[', ']')
	case '"':
		return p.quoted('"', '"')
	}
	start := p.pos
	for i, r := range p.text[start:] {
		if !unicode.IsLetter(r) && r != '_' && (i == 0 || !unicode.IsDigit(r)) {
			break
		}
		p.pos = start + i + len(string(r))
	}
	if p.pos == start {
		return "", p.unexpected()
	}
	return p.text[start:p.pos], nil
}

// reference resolves a field. Outside of an aggregation it stands for its only
// value in the group.
func (p *parser) reference(name string) (node, error) {
	f := p.data.ByName[name]
	if f == nil {
		return nil, fmt.Errorf("unknown field %q", name)
	}
	if p.inside != nil {
		return fieldRef{f}, nil
	}
	return p.add(&aggregation{kind: "only", arg: fieldRef{f}}), nil
}

func (p *parser) add(a *aggregation) *aggregation {
	a.index = len(p.out.Aggregations)
	p.out.Aggregations = append(p.out.Aggregations, a)
	return a
}

// function parses what follows "name(".
func (p *parser) function(name string) (node, error) {
	kind := strings.ToLower(name)
	if !aggregationKinds[kind] {
		return nil, fmt.Errorf("unknown function %q", name)
	}
	if p.inside != nil {
		return nil, fmt.Errorf("%s inside another aggregation", name)
	}
	a := &aggregation{kind: kind}
	if p.peek() == '{' {
		set, err := p.setExpression()
		if err != nil {
			return nil, err
		}
		a.Set = set
	}
	for {
		switch {
		case p.keyword("distinct"):
			a.distinct = true
			continue
		case p.keyword("total"):
			a.total = true
			continue
		}
		break
	}
	p.inside = a
	arg, err := p.concatenation()
	p.inside = nil
	if err != nil {
		return nil, err
	}
	if !p.accept(')') {
		return nil, p.unexpected()
	}
	a.arg = arg
	return p.add(a), nil
}

// keyword skips a word that is followed by more than a bare end of argument, so
// that a field called Total stays a field.
func (p *parser) keyword(word string) bool {
	p.peek()
	rest := p.text[p.pos:]
	if len(rest) <= len(word) || !strings.EqualFold(rest[:len(word)], word) || strings.IndexByte(" \t\r\n[\"(", rest[len(word)]) < 0 {
		return false
	}
	p.pos += len(word)
	return true
}
