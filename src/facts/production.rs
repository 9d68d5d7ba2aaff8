//! What is production and what is not, decided in one place (items-1.md §0.3).
