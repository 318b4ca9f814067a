-- What pruning looks for: the oldest answers and the oldest settled rows of the outbox. A settled row needs no bytes
-- to send any more; what it quoted goes.

CREATE INDEX answer_at ON answer (at);
CREATE INDEX delivery_settled ON delivery (at) WHERE state <> 'claimed';
UPDATE delivery SET payload = '' WHERE state <> 'claimed';
