package demo

import (
	"vitrine/demo/faults"
	"vitrine/demo/state"
)

// What the rooms define and callers of this package use.
type (
	// Fault is something that goes wrong with some requests.
	Fault = faults.Fault
	// FaultKind names what happens to a request.
	FaultKind = faults.Kind
	// Person is a user one can sign in as.
	Person = state.Person
	// Settings are the switches of a tenant.
	Settings = state.Settings
	// Stats counts the tenant's requests.
	Stats = state.Stats
	// Storage keeps tokens and cookie sessions over a restart.
	Storage = state.Storage
	// Consent decides whether users approve the scopes of the client.
	Consent = state.Consent
	// ErrorForm is the shape of an error body of the OAuth endpoints.
	ErrorForm = state.ErrorForm
	// ExpiresAs is the form of the lifetime in a token response.
	ExpiresAs = state.ExpiresAs
	// ClientAuth is the way the client sends its secret.
	ClientAuth = state.ClientAuth
	// IDTokenDefect names what is wrong with the ID tokens.
	IDTokenDefect = state.IDTokenDefect
	// IdentityProvider is a JWT identity provider registered from the start.
	IdentityProvider = state.IdentityProvider
)

// DefaultSettings is a tenant as the documentation describes it.
func DefaultSettings() Settings { return state.DefaultSettings() }

// IDTokenDefects lists every defect that a relying party must reject.
func IDTokenDefects() []IDTokenDefect { return state.IDTokenDefects() }

// Values of the settings; package state explains them.
const (
	ConsentTrusted  = state.ConsentTrusted
	ConsentRequired = state.ConsentRequired

	ErrorQlik    = state.ErrorQlik
	ErrorRFC6749 = state.ErrorRFC6749

	ExpiresBoth   = state.ExpiresBoth
	ExpiresNumber = state.ExpiresNumber
	ExpiresString = state.ExpiresString
	ExpiresAt     = state.ExpiresAt
	ExpiresNever  = state.ExpiresNever

	ClientAuthEither = state.ClientAuthEither
	ClientAuthBody   = state.ClientAuthBody
	ClientAuthBasic  = state.ClientAuthBasic

	DefectAlgHS256           = state.DefectAlgHS256
	DefectAlgNone            = state.DefectAlgNone
	DefectAbsent             = state.DefectAbsent
	DefectBadSignature       = state.DefectBadSignature
	DefectExtraAudienceParty = state.DefectExtraAudienceParty
	DefectForeignKey         = state.DefectForeignKey
	DefectNotAToken          = state.DefectNotAToken
	DefectOtherSubject       = state.DefectOtherSubject
	DefectUnknownKey         = state.DefectUnknownKey
)

// Users that tests and the portal name.
const (
	RoleViewer  = state.RoleViewer
	RoleAnalyst = state.RoleAnalyst
	RoleAdmin   = state.RoleAdmin

	DisabledEmail    = state.DisabledEmail
	DisabledPassword = state.DisabledPassword

	WebIntegrationID = state.WebIntegrationID
)

// Kinds of faults; package faults explains them.
const (
	FaultSlow      = faults.Slow
	FaultStatus    = faults.Status
	FaultReset     = faults.Reset
	FaultLost      = faults.Lost
	FaultStall     = faults.Stall
	FaultMalformed = faults.Malformed
	FaultTruncated = faults.Truncated
	FaultHTML      = faults.HTML
	FaultEmpty     = faults.Empty
	FaultExpired   = faults.Expired
	FaultSocketCut = faults.SocketCut
)
