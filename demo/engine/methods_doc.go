package engine

import (
	"time"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

func getAppLayout(c *call, _ none) (any, error) {
	app := c.session.app
	return object{"qLayout": object{
		"qTitle": app.Name, "qFileName": app.ID, "qLastReloadTime": model.Stamp(app.LastReload),
		"qHasScript": true, "qReadOnly": true, "qHasData": !c.session.noData, "qIsOpenedWithoutData": c.session.noData,
		"qStateNames": list{}, "qMeta": object{}, "qLocaleInfo": localeInfo(), "qThumbnail": object{}, "qUsage": "ANALYTICS",
		"modifiedDate": model.Stamp(app.Modified), "published": !app.Published.IsZero(), "publishTime": model.Stamp(app.Published),
		"privileges": list{"read"}, "description": app.Description, "dynamicColor": "", "qUnsupportedFeatures": list{},
	}}, nil
}

func localeInfo() object {
	return object{
		"qDecimalSep": ".", "qThousandSep": ",", "qListSep": ",", "qMoneyDecimalSep": ".", "qMoneyThousandSep": ",",
		"qMoneyFmt": "#,##0.00 €", "qTimeFmt": "hh:mm:ss", "qDateFmt": "YYYY-MM-DD", "qTimestampFmt": "YYYY-MM-DD hh:mm:ss[.fff]",
		"qCurrentYear": model.LastYear, "qFirstWeekDay": 0, "qReferenceDay": 4, "qFirstMonthOfYear": 1, "qCollation": "en-US",
		"qNumericalAbbreviation": "3:k;6:M;9:G;12:T;-3:m;-6:μ",
		"qCalendarStrings": object{
			"qDayNames":       list{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
			"qMonthNames":     monthNames(3),
			"qLongDayNames":   list{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
			"qLongMonthNames": monthNames(0),
		},
	}
}

func monthNames(length int) list {
	var names list
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if length > 0 {
			name = name[:length]
		}
		names = append(names, name)
	}
	return names
}

func getAppProperties(c *call, _ none) (any, error) {
	app := c.session.app
	return object{"qProp": object{"qTitle": app.Name, "qLastReloadTime": model.Stamp(app.LastReload), "qHasSectionAccess": false, "description": app.Description}}, nil
}

type idParams struct {
	ID string `json:"qId"`
}

func getObject(c *call, p idParams) (any, error) {
	o, err := c.session.object(p.ID)
	if err != nil {
		return nil, err
	}
	return c.returning(target{kindObject, o.id}, o.kind), nil
}

func getAllInfos(c *call, _ none) (any, error) {
	infos := list{}
	for _, id := range c.session.app.Order {
		if o, err := c.session.object(id); err == nil {
			infos = append(infos, o.info())
		}
	}
	return object{"qInfos": infos}, nil
}

// maxObjects bounds what a client can make one session remember.
const maxObjects = 2000

func createSessionObject(c *call, p struct {
	Prop object `json:"qProp"`
}) (any, error) {
	ses := c.session
	info, _ := p.Prop["qInfo"].(object)
	id, _ := info["qId"].(string)
	kind, _ := info["qType"].(string)
	if kind == "" {
		return nil, invalid("qInfo/qType")
	}
	if id == "" {
		id = newID()[:12]
	}
	if former, err := ses.object(id); err == nil && !former.temporary {
		return nil, &rpcError{codeExists, id, "Object already exists"}
	}
	if len(ses.objects) >= maxObjects {
		return nil, &rpcError{codeTooLarge, "", "Too many objects in the session"}
	}
	o := &genericObject{id: id, kind: kind, props: p.Prop, temporary: true}
	o.props["qInfo"] = o.info()
	ses.objects[id] = o
	return c.returning(target{kindObject, id}, kind), nil
}

func destroySessionObject(c *call, p idParams) (any, error) {
	ses := c.session
	o := ses.objects[p.ID]
	if o == nil || !o.temporary {
		return nil, errObjectNotFound
	}
	if ses.modal != nil && ses.modal.objectID == o.id {
		ses.endModal(true)
		c.selected = true
	}
	delete(ses.objects, o.id)
	for s := range ses.sockets {
		h := s.handles.close(target{kindObject, o.id})
		delete(s.pending, h)
		if s == c.socket && h != 0 {
			c.closed = append(c.closed, h)
		}
	}
	return success(true), nil
}

func getField(c *call, p struct {
	Name  string `json:"qFieldName"`
	State string `json:"qStateName"`
}) (any, error) {
	f := c.session.data.Field(p.Name)
	if f == nil {
		return nil, &rpcError{codeNotFound, p.Name, "Field not found"}
	}
	return c.returning(target{kindField, f.Name}, ""), nil
}

func getDimension(c *call, p idParams) (any, error) {
	if _, known := c.session.app.Dimensions[p.ID]; !known {
		return nil, errObjectNotFound
	}
	return c.returning(target{kindDimension, p.ID}, "dimension"), nil
}

func getMeasure(c *call, p idParams) (any, error) {
	if _, known := c.session.app.Measures[p.ID]; !known {
		return nil, errObjectNotFound
	}
	return c.returning(target{kindMeasure, p.ID}, "measure"), nil
}

// getAbsent answers for kinds of content the demo apps have none of.
func getAbsent(*call, none) (any, error) { return nil, errObjectNotFound }

func evaluate(c *call, p struct {
	Expression string `json:"qExpression"`
}) (any, error) {
	return object{"qReturn": c.session.source().EvaluateText(p.Expression)}, nil
}

func evaluateEx(c *call, p struct {
	Expression string `json:"qExpression"`
}) (any, error) {
	x, err := calc.Parse(c.session.data, p.Expression)
	if err != nil {
		return object{"qValue": object{"qText": "Error: " + err.Error(), "qIsNumeric": false}}, nil
	}
	v := x.Single(c.session.association())
	if !v.IsNumber() {
		return object{"qValue": object{"qText": v.Text, "qIsNumeric": false}}, nil
	}
	return object{"qValue": object{"qText": v.Text, "qIsNumeric": true, "qNumber": v.Num}}, nil
}
