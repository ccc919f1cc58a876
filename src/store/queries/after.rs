//! "After this one" in an order of several columns: how a page goes on.

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, SimpleExpr};
use sea_orm::{Iden, Value};

/// Rows after `values` where the columns rise.
pub fn above<C: Iden + Copy + 'static>(columns: &[C], values: Vec<Value>) -> SimpleExpr {
    tuple(columns).gt(given(values))
}

/// Rows after `values` where the columns fall.
pub fn below<C: Iden + Copy + 'static>(columns: &[C], values: Vec<Value>) -> SimpleExpr {
    tuple(columns).lt(given(values))
}

fn tuple<C: Iden + Copy + 'static>(columns: &[C]) -> SimpleExpr {
    Expr::tuple(columns.iter().map(|column| Expr::col(column.into_iden())))
}

/// The values themselves, as a row.
pub fn given(values: Vec<Value>) -> SimpleExpr {
    Expr::tuple(values.into_iter().map(Expr::val))
}
