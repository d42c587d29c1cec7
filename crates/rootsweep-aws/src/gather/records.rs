//! Root records of the window: from Event history, and from trails' log groups.

mod logged;
mod looked_up;
mod pace;
