package handlers

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/store"
)

// auditEnd writes down that a session was ended, by whom and how. A database
// that is away costs the line, not the sign-out.
func (h *Handlers) auditEnd(c *gin.Context, userID, handle, actor, reason string) {
	h.audit(c.Request.Context(), store.AuditEntry{
		Event: store.EventSessionEnded, UserID: userID, Session: handle, Actor: actor,
		Address: c.ClientIP(), Reason: reason, RequestID: requestID(c),
	})
}

// RecordRevocation writes down whether the tenant has revoked the tokens of a
// person's ended session. fault is nil when it has.
func (h *Handlers) RecordRevocation(ctx context.Context, userID string, fault error) {
	reason := ""
	if fault != nil {
		reason = "tenant fault, to be tried again"
		h.Logger.WarnContext(ctx, "revoke tokens", "error", fault.Error())
	}
	h.audit(ctx, store.AuditEntry{
		Event: store.EventTokensRevoked, UserID: userID, Actor: store.ActorSelf, Failed: fault != nil, Reason: reason,
	})
}

func (h *Handlers) audit(ctx context.Context, e store.AuditEntry) {
	e.At = h.Now()
	if err := h.DB.Audit(ctx, e); err != nil {
		h.Logger.WarnContext(ctx, "write audit log", "error", err.Error())
	}
}

// auditOwnEnd writes down both halves of a sign-out: the end here, and what the
// tenant said to it.
func (h *Handlers) auditOwnEnd(c *gin.Context, s auth.Session, reason string, err error) {
	if s.ID == "" || errors.Is(err, auth.ErrStore) {
		return
	}
	h.auditEnd(c, s.User.ID, auth.Handle(s.ID), s.User.ID, reason)
	h.RecordRevocation(c.Request.Context(), s.User.ID, err)
}
