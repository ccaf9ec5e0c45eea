mod commitment;
mod malformed;
mod meaning;
mod random;
