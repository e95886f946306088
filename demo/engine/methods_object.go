package engine

func getLayout(c *call, _ none) (any, error) {
	return object{"qLayout": c.session.layout(c.object)}, nil
}

func getFullPropertyTree(c *call, _ none) (any, error) {
	return object{"qPropEntry": c.propertyTree(c.object)}, nil
}

func (c *call) propertyTree(o *genericObject) object {
	children := list{}
	for _, id := range o.children {
		if child, err := c.session.object(id); err == nil {
			children = append(children, c.propertyTree(child))
		}
	}
	return object{"qProperty": o.props, "qChildren": children, "qEmbeddedSnapshotRef": nil}
}

func getChildInfos(c *call, _ none) (any, error) {
	infos := list{}
	for _, id := range c.object.children {
		if child, err := c.session.object(id); err == nil {
			infos = append(infos, child.info())
		}
	}
	return object{"qInfos": infos}, nil
}

func getChild(c *call, p idParams) (any, error) {
	for _, id := range c.object.children {
		if id == p.ID {
			return getObject(c, p)
		}
	}
	return nil, errObjectNotFound
}

func getParent(c *call, _ none) (any, error) {
	for _, id := range c.session.app.Order {
		for _, child := range c.session.app.Objects[id].Children {
			if child == c.object.id {
				return getObject(c, idParams{id})
			}
		}
	}
	return nil, errObjectNotFound
}

// writable returns an error for what belongs to the app: the demo apps are
// published and read-only, as in qReadOnly.
func (c *call) writable() error {
	if !c.object.temporary {
		return &rpcError{codeAccessDenied, c.object.id, "Access denied"}
	}
	return nil
}

func applyObjectPatches(c *call, p struct {
	Patches []patch `json:"qPatches"`
	Soft    bool    `json:"qSoftPatch"`
}) (any, error) {
	o := c.object
	if p.Soft {
		next, err := applyPatches(o.effective(), p.Patches)
		if err != nil {
			return nil, err
		}
		o.patched = next
		c.touch(o.id)
		return object{}, nil
	}
	if err := c.writable(); err != nil {
		return nil, err
	}
	next, err := applyPatches(o.props, p.Patches)
	if err != nil {
		return nil, err
	}
	o.props = next
	c.touch(o.id)
	return object{}, nil
}

func clearSoftPatches(c *call, _ none) (any, error) {
	c.object.patched = nil
	c.touch(c.object.id)
	return object{}, nil
}

func setProperties(c *call, p struct {
	Prop object `json:"qProp"`
}) (any, error) {
	if err := c.writable(); err != nil {
		return nil, err
	}
	if p.Prop == nil {
		return nil, invalid("qProp")
	}
	p.Prop["qInfo"] = c.object.info()
	c.object.props, c.object.patched = p.Prop, nil
	c.touch(c.object.id)
	return object{}, nil
}

type propertyEntry struct {
	Property object          `json:"qProperty"`
	Children []propertyEntry `json:"qChildren"`
}

// setFullPropertyTree is how a filter pane brings its list boxes.
func setFullPropertyTree(c *call, p struct {
	Entry propertyEntry `json:"qPropEntry"`
}) (any, error) {
	if err := c.writable(); err != nil {
		return nil, err
	}
	if p.Entry.Property == nil {
		// Without properties the tree only brings children.
		p.Entry.Property = c.object.props
	}
	var children []string
	for _, entry := range p.Entry.Children {
		if entry.Property == nil {
			return nil, invalid("qPropEntry")
		}
		created, err := createSessionObject(c, struct {
			Prop object `json:"qProp"`
		}{entry.Property})
		if err != nil {
			return nil, err
		}
		_ = created // the children are opened by id
		info, _ := entry.Property["qInfo"].(object)
		id, _ := info["qId"].(string)
		children = append(children, id)
	}
	p.Entry.Property["qInfo"] = c.object.info()
	c.object.props, c.object.patched, c.object.children = p.Entry.Property, nil, children
	c.touch(c.object.id)
	return object{}, nil
}
