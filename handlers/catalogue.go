package handlers

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"vitrine/auth"
	"vitrine/qlik"
	"vitrine/store"
	"vitrine/templates"
)

// recentsShown fill one or two lines on most screens.
const recentsShown = 4

// sorts are the orders of the catalogue; the first is the default.
var sorts = []sortOrder{
	{Name: "name", Label: "sort.name", query: "+name"},
	{Name: "updated", Label: "sort.updated", query: "-updatedAt"},
	{Name: "created", Label: "sort.created", query: "-createdAt"},
}

type sortOrder struct{ Name, Label, query string }

// wanted is what the address asks of the catalogue.
type wanted struct {
	search, space, cursor string
	sort                  sortOrder
}

func wantedOf(c *gin.Context) wanted {
	w := wanted{
		search: strings.TrimSpace(c.Query("q")), space: c.Query("space"), cursor: c.Query("page"), sort: sorts[0],
	}
	if runes := []rune(w.search); len(runes) > 200 {
		w.search = string(runes[:200])
	}
	for _, order := range sorts {
		if order.Name == c.Query("sort") {
			w.sort = order
		}
	}
	return w
}

// path is the address that asks for the same at another cursor.
func (w wanted) path(cursor string) string {
	if cursor == "" {
		return ""
	}
	v := url.Values{"page": {cursor}}
	for name, value := range map[string]string{"q": w.search, "space": w.space} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if w.sort != sorts[0] {
		v.Set("sort", w.sort.Name)
	}
	return "/apps?" + v.Encode()
}

// catalogue is what the tenant and the database said. Only the apps must be
// there; a page says in words what else is missing.
type catalogue struct {
	page      qlik.ItemPage
	spaces    []qlik.Space
	favorites []qlik.Item
	recents   []store.Recent

	spacesErr, favoritesErr, recentsErr error
	favoritesCopied                     bool // from our copy
}

// loadCatalogue asks for all parts side by side.
func (h *Handlers) loadCatalogue(ctx context.Context, s auth.Session, w wanted, limit int, withRecents bool) (catalogue, error) {
	var k catalogue
	token := s.Tokens.AccessToken
	// Not errgroup.WithContext: one part that fails must not stop the others.
	var g errgroup.Group
	g.Go(func() (err error) {
		k.page, err = h.Qlik.Items(ctx, token, qlik.ItemQuery{
			SpaceID: w.space, Search: w.search, Sort: w.sort.query, Limit: limit, Cursor: w.cursor,
		})
		return err
	})
	g.Go(func() error {
		k.spaces, k.spacesErr = h.Qlik.Spaces(ctx, token)
		return nil
	})
	g.Go(func() error {
		k.favorites, k.favoritesErr = h.Qlik.Favorites(ctx, token)
		return nil
	})
	if withRecents {
		g.Go(func() error {
			k.recents, k.recentsErr = h.recents(ctx, s.User.ID)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return catalogue{}, fmt.Errorf("list apps: %w", err)
	}
	h.alignFavorites(ctx, s.User.ID, &k)
	return k, nil
}

// databasePatience is how long a page waits for the database, which it can do
// without.
const databasePatience = 500 * time.Millisecond

func (h *Handlers) recents(ctx context.Context, userID string) ([]store.Recent, error) {
	ctx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	// An app and its sheets would all be there: more are read than shown.
	all, err := h.DB.Recents(ctx, userID, 4*recentsShown)
	if err != nil {
		return nil, err
	}
	return mostRecent(all, recentsShown), nil
}

// mostRecent leaves out an app that was only passed through on the way to one
// of its sheets.
func mostRecent(all []store.Recent, limit int) []store.Recent {
	withSheet := map[string]bool{}
	for _, r := range all {
		withSheet[r.AppID] = withSheet[r.AppID] || r.SheetID != ""
	}
	all = slices.DeleteFunc(slices.Clone(all), func(r store.Recent) bool {
		return r.SheetID == "" && withSheet[r.AppID]
	})
	return all[:min(len(all), limit)]
}

// alignFavorites keeps our copy in step with the tenant, and reads it where
// the tenant does not answer.
func (h *Handlers) alignFavorites(ctx context.Context, userID string, k *catalogue) {
	ctx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	if k.favoritesErr != nil {
		kept, err := h.DB.Favorites(ctx, userID)
		if err != nil {
			return
		}
		for _, f := range kept {
			k.favorites = append(k.favorites, qlik.Item{ID: f.ItemID, AppID: f.AppID, Name: f.Name, Favorite: true})
		}
		k.favoritesCopied = len(kept) > 0
		return
	}
	if k.recentsErr != nil {
		return // the database is away: once is enough to wait
	}
	marks := make([]store.Favorite, 0, len(k.favorites))
	for _, item := range k.favorites {
		marks = append(marks, store.Favorite{AppID: item.AppID, ItemID: item.ID, Name: item.Name})
	}
	if err := h.DB.ReplaceFavorites(ctx, userID, marks, h.Now()); err != nil {
		h.Logger.WarnContext(ctx, "keep favourites in step", "error", err.Error())
	}
}

// notices says what a page lacks.
func (h *Handlers) notices(c *gin.Context, k catalogue) []string {
	var all []string
	add := func(err error, key string) {
		if err != nil {
			h.log(c, "page is not whole: "+key, err)
			all = append(all, h.language(c).Text(key))
		}
	}
	add(k.spacesErr, "notice.spaces")
	if k.favoritesCopied {
		add(k.favoritesErr, "notice.favorites.copy")
	} else {
		add(k.favoritesErr, "notice.favorites")
	}
	add(k.recentsErr, "notice.recents")
	return all
}

// appCard is an app as home and the catalogue show it.
type appCard struct {
	Name      string
	Href      string
	Space     string
	Thumbnail string
	Reloaded  *templates.Moment
	Favorite  bool
	ReturnTo  string // where the star's form comes back to

	spaceID string
}

// cards makes cards of items.
func (h *Handlers) cards(c *gin.Context, items []qlik.Item, k catalogue, now time.Time) []appCard {
	marked := map[string]bool{}
	for _, item := range k.favorites {
		marked[item.AppID] = true
	}
	lang := h.language(c)
	names := map[string]string{"": lang.Text("space.personal")}
	for _, space := range k.spaces {
		names[space.ID] = space.Name
	}
	cards := make([]appCard, 0, len(items))
	for _, item := range items {
		picture := ""
		if item.Thumbnail != "" {
			picture = appPath(item.AppID) + "/thumbnail"
		}
		cards = append(cards, appCard{
			Name: item.Name, Href: appPath(item.AppID), Space: names[item.SpaceID], spaceID: item.SpaceID,
			Thumbnail: picture, Reloaded: lang.Moment(item.LastReload, now),
			Favorite: item.Favorite || marked[item.AppID], ReturnTo: c.Request.URL.RequestURI(),
		})
	}
	return cards
}
