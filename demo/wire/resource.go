package wire

import (
	"net/http"
	"net/url"
	"slices"

	"vitrine/demo/state"
)

// Resource serves a collection of records that admins change: GET and POST at
// its path, GET, PATCH, PUT and DELETE below /{id}. A nil function leaves its
// method out.
type Resource[T state.Record] struct {
	List[T]
	Path    string // "/api/v1/web-integrations"
	Records *state.Collection[T]

	Filter func(q url.Values) (func(T) bool, error) // which records the list holds; nil for all
	Orders map[string]func(a, b T) int              // what sort may name; nil to ignore it

	Create  func(w http.ResponseWriter, r *http.Request, caller *state.Caller) (body any, err error)
	Patch   func(record *T, ops []PatchOp) error
	Replace func(w http.ResponseWriter, r *http.Request) (body any, err error)
	Remove  func(r *http.Request, record T) error        // runs before the record is removed
	Changed func(event, id string, caller *state.Caller) // runs after an update or removal: "updated", "deleted"
}

// Register adds the routes by handle, which guards an endpoint of a tier.
func (res *Resource[T]) Register(handle func(pattern string, tier int, endpoint Endpoint)) {
	handle("GET "+res.Path, 1, res.list)
	handle("POST "+res.Path, 2, res.create)
	handle("GET "+res.Path+"/{id}", 1, res.read)
	handle("DELETE "+res.Path+"/{id}", 2, res.remove)
	if res.Patch != nil {
		handle("PATCH "+res.Path+"/{id}", 2, res.patch)
	}
	if res.Replace != nil {
		handle("PUT "+res.Path+"/{id}", 2, res.replace)
	}
}

func (res *Resource[T]) list(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	q := r.URL.Query()
	list := res.Records.All()
	if res.Filter != nil {
		match, err := res.Filter(q)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(record T) bool { return !match(record) })
	}
	if res.Orders != nil {
		if err := Sort(list, q.Get("sort"), res.Orders); err != nil {
			return err
		}
	}
	return res.Write(w, r, list)
}

func (res *Resource[T]) create(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	body, err := res.Create(w, r, caller)
	if err == nil {
		WriteJSON(w, http.StatusCreated, body)
	}
	return err
}

func (res *Resource[T]) read(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	record, found := res.Records.Find(r.PathValue("id"))
	if !found {
		return ErrNotFound
	}
	WriteJSON(w, http.StatusOK, res.body(record))
	return nil
}

// patch changes a record by all operations or none.
func (res *Resource[T]) patch(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	ops, err := ReadPatch(w, r)
	if err != nil {
		return err
	}
	return res.Change(w, r, caller, func(record *T) error { return res.Patch(record, ops) })
}

// Change alters the record of the request and answers 204.
func (res *Resource[T]) Change(w http.ResponseWriter, r *http.Request, caller *state.Caller, alter func(*T) error) error {
	if err := res.Records.Change(r.PathValue("id"), alter); err != nil {
		return err
	}
	res.changed("updated", r, caller)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (res *Resource[T]) changed(event string, r *http.Request, caller *state.Caller) {
	if res.Changed != nil {
		res.Changed(event, r.PathValue("id"), caller)
	}
}

func (res *Resource[T]) replace(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	body, err := res.Replace(w, r)
	if err == nil {
		WriteJSON(w, http.StatusOK, body)
	}
	return err
}

func (res *Resource[T]) remove(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	record, found := res.Records.Find(r.PathValue("id"))
	if !found {
		return ErrNotFound
	}
	if res.Remove != nil {
		if err := res.Remove(r, record); err != nil {
			return err
		}
	}
	if !res.Records.Remove(r.PathValue("id")) {
		return ErrNotFound
	}
	res.changed("deleted", r, caller)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
