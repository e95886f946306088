package handlers

// embedMode is a way to embed a sheet.
type embedMode struct{ Name, Label, Page string }

// embedModes lists the ways to embed a sheet; the first is the default. A mode
// is a row here and a page of its own.
var embedModes = []embedMode{
	{Name: "qlik-embed", Label: "Qlik Embed", Page: "embed/qlik-embed"},
}

func embedModeOf(name string) embedMode {
	for _, mode := range embedModes {
		if mode.Name == name {
			return mode
		}
	}
	return embedModes[0]
}
