package engine

import (
	"vitrine/demo/engine/calc"
)

// methodKey names a method of one kind of target.
type methodKey struct{ kind, name string }

// methods is every QIX method, one row each.
var methods = map[methodKey]method{
	{kindGlobal, "OpenDoc"}:              on(openDoc),
	{kindGlobal, "GetActiveDoc"}:         on(getActiveDoc),
	{kindGlobal, "EngineVersion"}:        on(engineVersion),
	{kindGlobal, "ProductVersion"}:       on(func(*call, none) (any, error) { return object{"qReturn": "12.2015.0"}, nil }),
	{kindGlobal, "IsPersonalMode"}:       on(func(*call, none) (any, error) { return object{"qReturn": false}, nil }),
	{kindGlobal, "GetAuthenticatedUser"}: on(func(c *call, _ none) (any, error) { return object{"qReturn": c.session.viewer.ID}, nil }),
	{kindGlobal, "CancelRequest"}:        on(cancelRequest),
	{kindGlobal, "CancelReload"}:         on(func(*call, none) (any, error) { return object{}, nil }),
	{kindGlobal, "AllowCreateApp"}:       on(func(*call, none) (any, error) { return object{"qReturn": false}, nil }),
	{kindGlobal, "GetBaseBNFHash"}:       on(func(*call, none) (any, error) { return object{"qBnfHash": ""}, nil }),
	{kindGlobal, "ConfigureReload"}:      on(func(*call, none) (any, error) { return object{}, nil }),
	{kindGlobal, "GetProgress"}:          on(func(*call, none) (any, error) { return object{"qProgressData": object{}}, nil }),
	{kindGlobal, "QvVersion"}:            on(func(*call, none) (any, error) { return object{"qReturn": "12.2015.0"}, nil }),
	{kindGlobal, "IsDesktopMode"}:        on(func(*call, none) (any, error) { return object{"qReturn": false}, nil }),
	{kindGlobal, "GetConfiguration"}: on(func(*call, none) (any, error) {
		return object{"qConfig": object{"qFeatures": object{}}}, nil
	}),
	{kindGlobal, "OSName"}:                 on(func(*call, none) (any, error) { return object{"qReturn": "Linux"}, nil }),
	{kindGlobal, "GetLogicalDriveStrings"}: on(func(*call, none) (any, error) { return object{"qDrives": list{}}, nil }),

	{kindDoc, "GetAppLayout"}:         on(getAppLayout),
	{kindDoc, "GetAppProperties"}:     on(getAppProperties),
	{kindDoc, "GetObject"}:            on(getObject),
	{kindDoc, "GetObjects"}:           on(getAllInfos),
	{kindDoc, "GetAllInfos"}:          on(getAllInfos),
	{kindDoc, "CreateSessionObject"}:  on(createSessionObject),
	{kindDoc, "DestroySessionObject"}: on(destroySessionObject),
	{kindDoc, "GetField"}:             on(getField),
	{kindDoc, "GetDimension"}:         on(getDimension),
	{kindDoc, "GetMeasure"}:           on(getMeasure),
	{kindDoc, "GetBookmark"}:          on(getBookmark),
	{kindDoc, "GetBookmarks"}:         on(getBookmarks),
	{kindDoc, "ApplyBookmark"}:        on(applyBookmark),
	{kindDoc, "GetVariableByName"}:    on(getAbsent),
	{kindDoc, "GetVariableById"}:      on(getAbsent),
	{kindDoc, "ClearAll"}:             on(clearAll),
	{kindDoc, "LockAll"}:              on(func(c *call, _ none) (any, error) { return c.lockAll(true) }),
	{kindDoc, "UnlockAll"}:            on(func(c *call, _ none) (any, error) { return c.lockAll(false) }),
	{kindDoc, "Back"}:                 on(func(c *call, _ none) (any, error) { return c.moveInHistory(-1) }),
	{kindDoc, "Forward"}:              on(func(c *call, _ none) (any, error) { return c.moveInHistory(1) }),
	{kindDoc, "BackCount"}:            on(func(c *call, _ none) (any, error) { return object{"qReturn": c.session.history.backCount()}, nil }),
	{kindDoc, "ForwardCount"}: on(func(c *call, _ none) (any, error) {
		return object{"qReturn": c.session.history.forwardCount()}, nil
	}),
	{kindDoc, "AbortModal"}: on(abortModal),
	{kindDoc, "Evaluate"}:   on(evaluate),
	{kindDoc, "EvaluateEx"}: on(evaluateEx),

	{kindObject, "GetLayout"}:                       on(getLayout),
	{kindObject, "GetProperties"}:                   on(func(c *call, _ none) (any, error) { return object{"qProp": c.object.props}, nil }),
	{kindObject, "GetEffectiveProperties"}:          on(func(c *call, _ none) (any, error) { return object{"qProp": c.object.effective()}, nil }),
	{kindObject, "GetFullPropertyTree"}:             on(getFullPropertyTree),
	{kindObject, "GetInfo"}:                         on(func(c *call, _ none) (any, error) { return object{"qInfo": c.object.info()}, nil }),
	{kindObject, "GetChildInfos"}:                   on(getChildInfos),
	{kindObject, "GetChild"}:                        on(getChild),
	{kindObject, "GetParent"}:                       on(getParent),
	{kindObject, "ApplyPatches"}:                    on(applyObjectPatches),
	{kindObject, "ClearSoftPatches"}:                on(clearSoftPatches),
	{kindObject, "SetProperties"}:                   on(setProperties),
	{kindObject, "SetFullPropertyTree"}:             on(setFullPropertyTree),
	{kindObject, "GetHyperCubeData"}:                on(getHyperCubeData),
	{kindObject, "GetHyperCubeReducedData"}:         on(getHyperCubeReducedData),
	{kindObject, "GetHyperCubeStackData"}:           on(getHyperCubeStackData),
	{kindObject, "GetListObjectData"}:               on(getListObjectData),
	{kindObject, "BeginSelections"}:                 on(beginSelections),
	{kindObject, "EndSelections"}:                   on(endSelections),
	{kindObject, "ResetMadeSelections"}:             on(resetMadeSelections),
	{kindObject, "ClearSelections"}:                 on(clearSelections),
	{kindObject, "SelectHyperCubeValues"}:           on(selectHyperCubeValues),
	{kindObject, "SelectHyperCubeCells"}:            on(selectHyperCubeCells),
	{kindObject, "SelectHyperCubeContinuousRange"}:  on(selectHyperCubeContinuousRange),
	{kindObject, "RangeSelectHyperCubeValues"}:      on(rangeSelectHyperCubeValues),
	{kindObject, "MultiRangeSelectHyperCubeValues"}: on(multiRangeSelectHyperCubeValues),
	{kindObject, "SelectListObjectValues"}:          on(selectListObjectValues),
	{kindObject, "SelectListObjectAll"}:             selectByState(calc.StateSelected, calc.StateOptional, calc.StateAlternative, calc.StateExcluded, calc.StateSelectedExcluded),
	{kindObject, "SelectListObjectPossible"}:        selectByState(calc.StateSelected, calc.StateOptional),
	{kindObject, "SelectListObjectAlternative"}:     selectByState(calc.StateAlternative),
	{kindObject, "SelectListObjectExcluded"}:        selectByState(calc.StateAlternative, calc.StateExcluded, calc.StateSelectedExcluded),
	{kindObject, "SearchListObjectFor"}:             on(searchListObjectFor),
	{kindObject, "AcceptListObjectSearch"}:          on(acceptListObjectSearch),
	{kindObject, "AbortListObjectSearch"}:           on(abortListObjectSearch),

	{kindField, "Clear"}:             on(fieldClear),
	{kindField, "Select"}:            on(fieldSelect),
	{kindField, "SelectValues"}:      on(fieldSelectValues),
	{kindField, "SelectAll"}:         fieldSelectStates(calc.StateSelected, calc.StateOptional, calc.StateAlternative, calc.StateExcluded, calc.StateSelectedExcluded),
	{kindField, "SelectPossible"}:    fieldSelectStates(calc.StateSelected, calc.StateOptional),
	{kindField, "SelectAlternative"}: fieldSelectStates(calc.StateAlternative),
	{kindField, "SelectExcluded"}:    fieldSelectStates(calc.StateAlternative, calc.StateExcluded, calc.StateSelectedExcluded),
	{kindField, "Lock"}:              on(func(c *call, _ none) (any, error) { return c.lockField(true) }),
	{kindField, "Unlock"}:            on(func(c *call, _ none) (any, error) { return c.lockField(false) }),
	{kindField, "ClearAllButThis"}:   on(fieldClearOthers),
	{kindField, "GetCardinal"}:       on(fieldCardinal),
	{kindField, "GetNxProperties"}: on(func(*call, none) (any, error) {
		return object{"qProperties": object{"qOneAndOnlyOne": false}}, nil
	}),
	{kindField, "LowLevelSelect"}:     on(fieldLowLevelSelect),
	{kindField, "ToggleSelect"}:       on(fieldToggleSelect),
	{kindField, "GetAndMode"}:         on(func(*call, none) (any, error) { return object{"qReturn": false}, nil }),
	{kindField, "ClearSoftSelection"}: on(fieldClear),

	{kindDimension, "GetLayout"}:     on(libraryLayout),
	{kindDimension, "GetProperties"}: on(libraryProperties),
	{kindDimension, "GetDimension"}:  on(libraryDimension),
	{kindDimension, "GetMeasure"}:    on(libraryMeasure),
	{kindDimension, "GetInfo"}:       on(func(c *call, _ none) (any, error) { return object{"qInfo": c.libraryItem().Info()}, nil }),

	{kindMeasure, "GetLayout"}:     on(libraryLayout),
	{kindMeasure, "GetProperties"}: on(libraryProperties),
	{kindMeasure, "GetDimension"}:  on(libraryDimension),
	{kindMeasure, "GetMeasure"}:    on(libraryMeasure),
	{kindMeasure, "GetInfo"}:       on(func(c *call, _ none) (any, error) { return object{"qInfo": c.libraryItem().Info()}, nil }),

	{kindBookmark, "GetLayout"}: on(bookmarkLayout),
	{kindBookmark, "GetProperties"}: on(func(c *call, _ none) (any, error) {
		return object{"qProp": c.session.app.BookmarkProperties(c.bookmark())}, nil
	}),
	{kindBookmark, "GetInfo"}: on(func(c *call, _ none) (any, error) { return object{"qInfo": c.bookmark().Info()}, nil }),
	{kindBookmark, "Apply"}:   on(func(c *call, _ none) (any, error) { return success(c.applyBookmark(c.target.id)), nil }),
}
