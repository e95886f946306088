package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

const (
	loginStart   = "/login"
	callbackPath = "/login/callback"
	sessionPath  = "/api/session"
)

// Routes returns the whole web face: one list, grouped by who may enter.
func (h *Handlers) Routes() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	if err := r.SetTrustedProxies(h.TrustedProxies); err != nil {
		return nil, err
	}
	r.RedirectTrailingSlash = false
	r.RedirectFixedPath = false
	r.HandleMethodNotAllowed = true
	r.ContextWithFallback = false
	r.Use(nameRequest, h.logRequest, h.recoverPanic, h.secureHeaders)
	h.routesAskedMost(r)
	r.Use(h.openSessions())
	r.NoRoute(h.page(func(*gin.Context) error { return errNotFound }))
	r.NoMethod(h.refuseMethod)

	h.routesForMachines(r)
	h.routesForAnyone(r)
	h.routesForSignedIn(r)
	return r, nil
}

// routesAskedMost do without the library's sessions, see [Handlers.cookieSession].
func (h *Handlers) routesAskedMost(r *gin.Engine) {
	// The relay looks after session and origin itself: its refusals have
	// Qlik's form.
	r.Match(relayedMethods, relayPrefix+"/*path", h.relay)
	read(r, sessionPath, h.api(h.sessionInfo))
}

func (h *Handlers) routesForMachines(r *gin.Engine) {
	read(r, "/healthz", h.healthz)
	read(r, "/readyz", h.limitRate(h.answerJSON), h.readyz)
	if !h.HideMetrics {
		read(r, "/metrics", h.metrics.handler())
	}
	read(r, "/static/*path", gin.WrapH(h.Static))
	r.POST("/logout/backchannel", h.limitRate(h.answerJSON), limitBody, h.api(h.backChannelLogout))
	r.POST(sessionPath, h.guardOrigin(h.answerJSON), limitBody, h.api(h.sessionInfo))
}

func (h *Handlers) routesForAnyone(r *gin.Engine) {
	anyone := r.Group("/", h.oneHost)
	read(anyone, "/", h.withSession(h.answerPage), h.page(h.home))
	read(anyone, loginStart, h.limitRate(h.answerEither), h.page(h.login))
	read(anyone, callbackPath, h.limitRate(h.answerEither), h.page(h.callback))
	read(anyone, "/logout", h.withSession(h.answerPage), h.page(h.logoutPage))
	read(anyone, framePrefix+"/apps/:appId/sheets/:sheetId", h.withSession(h.answerPage), h.page(h.embedFrame))
	anyone.POST(languagePath, h.guardOrigin(h.answerPage), limitBody, h.page(h.chooseLanguage))
	anyone.POST("/logout", h.guardOrigin(h.answerPage), limitBody, h.page(h.logout))
}

func (h *Handlers) routesForSignedIn(r *gin.Engine) {
	in := r.Group("/", h.oneHost, h.requireSession(h.answerPage))
	read(in, "/apps", h.page(h.apps))
	read(in, "/apps/:appId", h.page(h.app))
	read(in, "/apps/:appId/thumbnail", h.api(h.thumbnail))
	read(in, "/apps/:appId/sheets/:sheetId", h.page(h.sheet))
	read(in, "/apps/:appId/objects/:objectId", h.page(h.partPage(h.objectPart)))
	read(in, "/apps/:appId/field", h.page(h.partPage(h.fieldPart)))
	read(in, "/apps/:appId/selections", h.page(h.partPage(h.selectionsPart)))
	read(in, "/apps/:appId/classic", h.page(h.partPage(h.classicPart)))
	read(in, "/apps/:appId/chart", h.page(h.partPage(h.chartPart)))
	read(in, "/assistants/:assistantId", h.page(h.assistant))
	read(in, frameSignedInPath, h.page(h.frameSignedIn))
	read(in, "/me", h.page(h.me))
	read(in, mySessionsPath, h.page(h.mySessions))
	in.POST(mySessionsPath, h.guardOrigin(h.answerPage), limitBody, h.page(h.endSessions))
	in.GET("/api/jwt", h.api(h.jwt))
	read(in, "/api/me/sessions", h.api(h.sessionList))
	in.POST("/apps/:appId/favorite", h.guardOrigin(h.answerPage), limitBody, h.page(h.setFavorite))
}

// read registers a route for GET and HEAD.
func read(r gin.IRoutes, path string, handlers ...gin.HandlerFunc) {
	r.GET(path, handlers...)
	r.HEAD(path, handlers...)
}
