package engine

type openDocParams struct {
	Name     string `json:"qDocName"`
	User     string `json:"qUserName"`
	Password string `json:"qPassword"`
	Serial   string `json:"qSerial"`
	NoData   bool   `json:"qNoData"`
}

// openDoc opens the app of the socket's address; any other is not found, as a
// socket is bound to one app.
func openDoc(c *call, p openDocParams) (any, error) {
	ses := c.session
	if p.Name != ses.app.ID {
		return nil, &rpcError{codeAppNotFound, p.Name, "App not found"}
	}
	if ses.opened && ses.noData != p.NoData {
		return nil, &rpcError{codeOtherMode, p.Name, "App already open in different mode"}
	}
	if !ses.opened && p.NoData {
		ses.data = ses.data.WithoutRows()
		ses.associated = nil
	}
	ses.opened, ses.noData = true, p.NoData
	return c.docHandle(), nil
}

func getActiveDoc(c *call, _ none) (any, error) {
	if !c.session.opened {
		return nil, &rpcError{codeAppNotFound, "", "No active document"}
	}
	return c.docHandle(), nil
}

func (c *call) docHandle() object {
	doc := target{kindDoc, c.session.app.ID}
	answer := c.returning(doc, "")
	c.announced = append(c.announced, c.socket.handles.open(doc))
	return answer
}

func engineVersion(*call, none) (any, error) {
	return object{"qVersion": object{"qComponentVersion": "12.2015.0"}}, nil
}

// cancelRequest has nothing to do: requests are answered before the next one
// is read.
func cancelRequest(*call, struct {
	RequestID int `json:"qRequestId"`
}) (any, error) {
	return object{}, nil
}
