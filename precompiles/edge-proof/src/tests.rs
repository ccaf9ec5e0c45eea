mod bounds;
mod commitment;
mod digits;
mod malformed;
mod meaning;
mod random;
