package calc

import "fmt"

// setExpression is {$<Year={2026}, Region=>} or {1}: the rows an aggregation
// looks at, starting from the present selections ($) or from everything (1).
type setExpression struct {
	everything bool
	modifiers  []FieldSelection // a count of 0 with nil selected gives the field's selection up
}

// setExpression parses the braces. Each value is matched when the expression is
// parsed, as the data never changes.
func (p *parser) setExpression() (*setExpression, error) {
	set := &setExpression{}
	p.accept('{')
	switch {
	case p.accept('1'):
		set.everything = true
	case p.accept('$'):
	}
	if p.accept('<') {
		for {
			modifier, err := p.setModifier()
			if err != nil {
				return nil, err
			}
			set.modifiers = append(set.modifiers, modifier)
			if !p.accept(',') {
				break
			}
		}
		if !p.accept('>') {
			return nil, p.unexpected()
		}
	}
	if !p.accept('}') {
		return nil, p.unexpected()
	}
	return set, nil
}

// setModifier parses Field={a,'b',">=5"} or Field= alone.
func (p *parser) setModifier() (FieldSelection, error) {
	name, err := p.name()
	if err != nil {
		return FieldSelection{}, err
	}
	f := p.data.ByName[name]
	if f == nil {
		return FieldSelection{}, fmt.Errorf("unknown field %q", name)
	}
	if !p.accept('=') {
		return FieldSelection{}, p.unexpected()
	}
	if !p.accept('{') {
		return FieldSelection{Field: f}, nil
	}
	var elements []int
	for {
		pattern, err := p.setElement()
		if err != nil {
			return FieldSelection{}, err
		}
		elements = append(elements, f.Match(pattern)...)
		if !p.accept(',') {
			break
		}
	}
	if !p.accept('}') {
		return FieldSelection{}, p.unexpected()
	}
	return Select(f, elements, FieldSelection{}, false), nil
}

func (p *parser) setElement() (string, error) {
	switch c := p.peek(); {
	case c == '\'':
		return p.quoted('\'', '\'')
	case c >= '0' && c <= '9':
		n, err := p.number()
		if err != nil {
			return "", err
		}
		return n.(literal).v.Text, nil
	}
	return p.name()
}

// rows returns the rows of the set under the present selections.
func (s *setExpression) Rows(a *Association) []int32 {
	if s == nil {
		return a.Included
	}
	chosen := a.chosen
	if s.everything {
		chosen = nil
	}
	for _, m := range s.modifiers {
		chosen = chosen.Without(m.Field)
		if m.Selected != nil {
			// Not with(): a modifier that matches nothing must leave no rows.
			chosen = append(chosen, m)
		}
	}
	return Associate(a.Data, chosen).Included
}
