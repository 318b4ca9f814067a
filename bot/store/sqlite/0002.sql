-- Whose an answer and a delivery are, so that they can go with a guild or workspace; and who ordered a digest.
ALTER TABLE answer ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
CREATE INDEX answer_tenant ON answer (tenant) WHERE tenant <> '';
ALTER TABLE delivery ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
CREATE INDEX delivery_tenant ON delivery (tenant) WHERE tenant <> '';
UPDATE delivery SET tenant = subscription.tenant FROM subscription WHERE subscription.id = delivery.subscription;
ALTER TABLE subscription ADD COLUMN orderer TEXT NOT NULL DEFAULT '';

-- Guilds and workspaces that the bot was removed from, and when.
CREATE TABLE departure (
    tenant TEXT PRIMARY KEY,
    at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
