"""What one can enroll in: programs, their rules, and the rates they price. Pure data, dated and versioned."""
