package handlers

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	bounceCookie = "vitrine_bounces"
	// A person who signs in and is sent to sign in again, three times within a
	// minute, would be sent for ever: something takes the session away.
	bounceLimit  = 3
	bounceWindow = time.Minute
)

// errSignInLoops stops a browser that is sent to sign in over and over.
var errSignInLoops = errors.New("sign-in goes round in circles")

// bounces returns how many sign-ins this browser has finished lately without a
// page to show for it, and since when.
func (h *Handlers) bounces(c *gin.Context) (count int, since time.Time) {
	cookie, err := c.Request.Cookie(h.cookieName(bounceCookie))
	if err != nil {
		return 0, h.Now()
	}
	first, second, _ := strings.Cut(cookie.Value, "-")
	count, countErr := strconv.Atoi(first)
	unix, timeErr := strconv.ParseInt(second, 10, 64)
	since = time.Unix(unix, 0)
	if countErr != nil || timeErr != nil || count < 0 || h.Now().Sub(since) > bounceWindow || since.After(h.Now().Add(time.Second)) {
		return 0, h.Now()
	}
	return count, since
}

// countBounce notes that a sign-in was finished; arriving at a page clears it.
func (h *Handlers) countBounce(c *gin.Context) {
	count, since := h.bounces(c)
	h.setBounces(c, fmt.Sprintf("%d-%d", min(count+1, 99), since.Unix()), int(bounceWindow.Seconds()))
}

func (h *Handlers) clearBounces(c *gin.Context) {
	if _, err := c.Request.Cookie(h.cookieName(bounceCookie)); err == nil {
		h.setBounces(c, "", -1)
	}
}

func (h *Handlers) setBounces(c *gin.Context, value string, maxAge int) {
	h.setCookie(c, h.cookieName(bounceCookie), value, maxAge)
}

// looping reports whether the next redirect to sign in would be one too many.
func (h *Handlers) looping(c *gin.Context) bool {
	count, _ := h.bounces(c)
	return count >= bounceLimit
}
