package engine

import (
	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/cube"
)

// The methods that fetch data beyond what a layout carries, and the search in
// list objects.

type dataParams struct {
	Path  string      `json:"qPath"`
	Pages []cube.Page `json:"qPages"`
}

func (c *call) cubeAt(path string) (*cube.Cube, error) {
	def, err := c.object.definitionAt(path)
	if err != nil {
		return nil, err
	}
	return c.session.cube(c.object, def), nil
}

func getHyperCubeData(c *call, p dataParams) (any, error) {
	hc, err := c.cubeAt(p.Path)
	if err != nil {
		return nil, err
	}
	pages, err := hc.Pages(p.Pages)
	return object{"qDataPages": pages}, err
}

// getHyperCubeReducedData serves the small overview below a chart, and the
// extent of its axis. Plain cubes of the demo are small enough to need no
// reduction. Charts that draw stacks leave the first column out, and want the
// stacks summed up.
func getHyperCubeReducedData(c *call, p struct {
	Path  string      `json:"qPath"`
	Pages []cube.Page `json:"qPages"`
	Zoom  int         `json:"qZoomFactor"`
	Mode  string      `json:"qReductionMode"`
}) (any, error) {
	hc, err := c.cubeAt(p.Path)
	if err != nil {
		return nil, err
	}
	if hc.Def.Mode == "K" && len(hc.Dims) > 1 && len(p.Pages) == 1 && p.Pages[0].Left == 1 {
		return object{"qDataPages": []cube.DataPage{hc.SummedStacks(p.Pages[0])}}, nil
	}
	pages, err := hc.Pages(p.Pages)
	return object{"qDataPages": pages}, err
}

func getHyperCubeStackData(c *call, p struct {
	Path     string      `json:"qPath"`
	Pages    []cube.Page `json:"qPages"`
	MaxCells int         `json:"qMaxNbrCells"`
}) (any, error) {
	hc, err := c.cubeAt(p.Path)
	if err != nil {
		return nil, err
	}
	return object{"qDataPages": hc.Stack(p.Pages)}, nil
}

func (c *call) listAt(path string) (listDef, error) {
	def, err := c.object.definitionAt(path)
	if err != nil {
		return listDef{}, err
	}
	return c.session.listDefinition(def)
}

func getListObjectData(c *call, p dataParams) (any, error) {
	l, err := c.listAt(p.Path)
	if err != nil {
		return nil, err
	}
	return object{"qDataPages": c.session.listPages(c.object, p.Path, l, p.Pages)}, nil
}

// searchListObjectFor narrows the list to what was found; nothing is selected
// before the search is accepted.
func searchListObjectFor(c *call, p struct {
	Path  string `json:"qPath"`
	Match string `json:"qMatch"`
}) (any, error) {
	l, err := c.listAt(p.Path)
	if err != nil {
		return nil, err
	}
	if c.object.hits == nil {
		c.object.hits = make(map[string][]int)
	}
	found := l.field.Search(p.Match)
	c.object.hits[listKey(p.Path)] = found
	c.touch(c.object.id)
	return success(len(found) > 0), nil
}

// acceptListObjectSearch selects the hits. Excluded ones are left out as long
// as any hit is possible, which is what a person pressing Enter means.
func acceptListObjectSearch(c *call, p struct {
	Path     string `json:"qPath"`
	Toggle   bool   `json:"qToggleMode"`
	SoftLock bool   `json:"qSoftLock"`
}) (any, error) {
	f, err := c.fieldAt(p.Path, 0)
	if err != nil {
		return nil, err
	}
	hits := c.object.hits[listKey(p.Path)]
	delete(c.object.hits, listKey(p.Path))
	c.touch(c.object.id)
	if len(hits) == 0 {
		return object{}, nil
	}
	possible := c.session.association().Elements(f, calc.StateSelected, calc.StateOptional, calc.StateAlternative)
	var chosen []int
	for _, hit := range hits {
		for _, e := range possible {
			if e == hit {
				chosen = append(chosen, hit)
			}
		}
	}
	if chosen == nil {
		chosen = hits
	}
	if !c.session.choose(f, chosen, p.Toggle) {
		return nil, &rpcError{codeAccessDenied, f.Name, "Field is locked"}
	}
	c.selected = true
	return object{}, nil
}

func abortListObjectSearch(c *call, p pathParams) (any, error) {
	delete(c.object.hits, listKey(p.Path))
	c.touch(c.object.id)
	return object{}, nil
}
