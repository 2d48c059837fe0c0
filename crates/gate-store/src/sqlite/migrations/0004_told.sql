-- What the provider said of a member at the last sign-in, as sessions keep it. `told` is 0 where that is not known: the
-- sign-in was before this step, and its session has ended.
ALTER TABLE members ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN group_names TEXT;
ALTER TABLE members ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
UPDATE members SET
    told = 1,
    (group_names, attributes) = (
        SELECT sessions.group_names, sessions.attributes FROM sessions
        WHERE sessions.member = members.id AND sessions.parent IS NULL AND sessions.created = members.last_sign_in
        ORDER BY sessions.place DESC LIMIT 1)
WHERE state = 'active' AND EXISTS (
    SELECT 1 FROM sessions
    WHERE sessions.member = members.id AND sessions.parent IS NULL AND sessions.created = members.last_sign_in);
CREATE INDEX members_by_mailbox ON members (org, lower(email));
