//! Tests that need more than one crate: journeys through public doors, and the tidiness of the house.

mod journeys;
mod tidy;
