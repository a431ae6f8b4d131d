-- A new number is asked for among those that an import brought.
CREATE INDEX cases_by_protocol ON cases (protocol_number);
