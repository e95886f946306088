package engine

// call is one request under way. Methods note here what they changed; the
// handles to announce are worked out once at the end.
type call struct {
	engine  *Engine
	socket  *socket
	session *session
	target  target
	object  *genericObject // the target, when it is an object

	touched   map[string]bool // objects whose own properties or modal state changed
	selected  bool            // selections changed: everything with data may differ
	announced []int           // further handles for the answer alone
	closed    []int
}

func (c *call) dispatch(req request) (any, error) {
	if req.Method == "" {
		return nil, &rpcError{codeInvalidRequest, "method", "Invalid Request"}
	}
	what, known := c.socket.handles.targets[req.Handle]
	if !known {
		return nil, &rpcError{codeInvalidParams, "Invalid handle", "Invalid Params"}
	}
	c.target = what
	run, known := methods[methodKey{what.kind, req.Method}]
	if !known {
		return nil, &rpcError{codeMethodNotFound, req.Method, "Method not found"}
	}
	if what.kind == kindObject {
		o, err := c.session.object(what.id)
		if err != nil {
			return nil, err
		}
		c.object = o
	}
	return run(c, req.Params)
}

func (c *call) touch(objectID string) {
	if c.touched == nil {
		c.touched = make(map[string]bool)
	}
	c.touched[objectID] = true
}

// settleChanges returns the handles for the answer's "change" and leaves those
// of the session's other sockets with them.
func (c *call) settleChanges() []int {
	if !c.selected && c.touched == nil && c.announced == nil {
		return nil
	}
	var own []int
	for s := range c.session.sockets {
		changed := make(map[int]struct{})
		for handle, what := range s.handles.targets {
			if what.kind == kindObject && c.affects(what.id) {
				changed[handle] = struct{}{}
			}
		}
		if s == c.socket {
			for _, handle := range c.announced {
				changed[handle] = struct{}{}
			}
			own = sortedHandles(changed)
			continue
		}
		s.notify(changed)
	}
	return own
}

// affects leaves out what has no data: a sheet or field list in every change
// would cost a useless GetLayout per click.
func (c *call) affects(objectID string) bool {
	if c.touched[objectID] {
		return true
	}
	o := c.session.objects[objectID]
	return c.selected && o != nil && hasData(o.effective())
}

func (s *socket) notify(changed map[int]struct{}) {
	if len(changed) == 0 {
		return
	}
	for handle := range changed {
		s.pending[handle] = struct{}{}
	}
	select {
	case s.wake <- struct{}{}:
	default: // it is awake already and will find this in pending
	}
}

// returning is the answer of methods that hand out a handle.
func (c *call) returning(what target, genericType string) object {
	return object{"qReturn": object{
		"qType": what.kind, "qHandle": c.socket.handles.open(what), "qGenericType": genericType, "qGenericId": what.id,
	}}
}

func success(ok bool) object { return object{"qSuccess": ok} }
