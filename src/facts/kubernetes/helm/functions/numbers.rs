//! Arithmetic.

use super::super::data::{Data, Item};

pub(super) fn call(name: &str, args: &[Item]) -> Option<Item> {
    let int = |index: usize| args.get(index)?.as_int();
    Some(match name {
        "int" | "int64" | "toDecimal" => Item::int(int(0)?).at(args.first()?.origin),
        "float64" => match &args.first()?.data {
            Data::Float(_) => args[0].clone(),
            _ => Item::new(Data::Float(int(0)? as f64)).at(args[0].origin),
        },
        "add" => Item::int(args.iter().try_fold(0_i64, |sum, arg| sum.checked_add(arg.as_int()?))?),
        "mul" => Item::int(args.iter().try_fold(1_i64, |product, arg| product.checked_mul(arg.as_int()?))?),
        "add1" => Item::int(int(0)?.checked_add(1)?),
        "sub" => Item::int(int(0)?.checked_sub(int(1)?)?),
        "div" => Item::int(int(0)?.checked_div(int(1)?)?),
        "mod" => Item::int(int(0)?.checked_rem(int(1)?)?),
        "max" => Item::int(args.iter().map(Item::as_int).collect::<Option<Vec<_>>>()?.into_iter().max()?),
        "min" => Item::int(args.iter().map(Item::as_int).collect::<Option<Vec<_>>>()?.into_iter().min()?),
        "floor" | "ceil" | "round" => match &args.first()?.data {
            Data::Float(number) => {
                let whole = match name {
                    "floor" => number.floor(),
                    "ceil" => number.ceil(),
                    _ => number.round(),
                };
                Item::int(whole as i64)
            }
            _ => Item::int(int(0)?),
        },
        "atoi" => Item::int(int(0)?),
        _ => return None,
    })
}
