//! What a variable's type adds to its value: the defaults of `optional(T, d)`.

use super::scope::Scope;
use crate::value::{Field, Kind, Map, Value};
use hcl_edit::expr::{Expression, FuncCall, ObjectKey};

/// How deep types are followed into values.
const MAX_DEPTH: usize = 16;

/// The value with every optional attribute that it leaves out.
pub(super) fn complete(scope: &Scope<'_>, text: &str, of: &Expression, value: Value) -> Value {
    fill(scope, text, of, value, 0)
}

fn fill(scope: &Scope<'_>, text: &str, of: &Expression, mut value: Value, depth: usize) -> Value {
    let Expression::FuncCall(call) = of else { return value };
    if depth > MAX_DEPTH || value.kind == Kind::Null {
        return value;
    }
    match call.name.name.as_str() {
        "object" => {
            if let Kind::Map(map) = &mut value.kind {
                attributes(scope, text, call, map, depth);
            }
        }
        "list" | "set" | "map" | "optional" => {
            let Some(inner) = call.args.get(0) else { return value };
            match &mut value.kind {
                _ if call.name.name.as_str() == "optional" => return fill(scope, text, inner, value, depth + 1),
                Kind::List(list) => {
                    for item in list {
                        *item = fill(scope, text, inner, std::mem::replace(item, null(item)), depth + 1);
                    }
                }
                Kind::Map(map) => {
                    for field in map.values_mut() {
                        let item = &mut field.value;
                        *item = fill(scope, text, inner, std::mem::replace(item, null(item)), depth + 1);
                    }
                }
                _ => {}
            }
        }
        _ => {}
    }
    value
}

fn null(at: &Value) -> Value {
    Value::new(Kind::Null, at.span)
}

fn attributes(scope: &Scope<'_>, text: &str, call: &FuncCall, map: &mut Map, depth: usize) {
    let Some(Expression::Object(object)) = call.args.get(0) else { return };
    for (key, wanted) in object {
        let name = match key {
            ObjectKey::Ident(ident) | ObjectKey::Expression(Expression::Variable(ident)) => ident.as_str(),
            ObjectKey::Expression(expression) => match expression.as_str() {
                Some(name) => name,
                None => continue,
            },
        };
        let of = wanted.expr();
        let set = map.remove(name).filter(|field| field.value.kind != Kind::Null);
        let value = match (set, of) {
            (Some(field), _) => field.value,
            (None, Expression::FuncCall(optional)) if optional.name.name.as_str() == "optional" => {
                match optional.args.get(1) {
                    Some(default) => scope.eval(text, default),
                    None => continue,
                }
            }
            (None, _) => continue,
        };
        let value = fill(scope, text, of, value, depth + 1);
        map.insert(name.to_owned(), Field { key: value.span, value });
    }
}
