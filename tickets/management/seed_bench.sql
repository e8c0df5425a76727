-- Realistic tickets in bulk: four messages and eleven events each, 1,000 a day ending now, made inside the database.
-- Parameters: %(tickets)s how many; %(channels)s, %(agents)s, %(teams)s ids to spread them over.
SELECT setseed(0.42);

CREATE TEMP TABLE base ON COMMIT DROP AS SELECT
    (SELECT coalesce(max(id), 0) FROM tickets_customer) AS customer,
    (SELECT coalesce(max(id), 0) FROM tickets_identity) AS identity,
    (SELECT coalesce(max(id), 0) FROM tickets_thread) AS thread,
    (SELECT coalesce(max(number), 0) FROM tickets_ticket) AS ticket,
    (SELECT coalesce(max(id), 0) FROM tickets_message) AS message;

-- One row per ticket: who, where, and when each of the four things was said.
CREATE TEMP TABLE story ON COMMIT DROP AS
WITH dice AS (
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d,
           now() - (%(tickets)s - n) * interval '86.4 seconds' AS opened
    FROM generate_series(1, %(tickets)s) AS n
), timed AS (
    SELECT *, opened + (2 + 20 * -ln(1 - a)) * interval '1 minute' AS answered
    FROM dice
), asked AS (
    SELECT *, answered + (5 + 90 * -ln(1 - b)) * interval '1 minute' AS asked_again
    FROM timed
)
SELECT n, a, b, c, d, opened, answered, asked_again,
       asked_again + (2 + 30 * -ln(1 - c)) * interval '1 minute' AS answered_again,
       base.ticket + n AS ticket, base.customer + 1 + (n - 1) / 3 AS customer, base.identity + n AS identity,
       base.thread + n AS thread, base.message + (n - 1) * 4 AS message,
       (%(channels)s::bigint[])[1 + n %% cardinality(%(channels)s::bigint[])] AS channel,
       (%(agents)s::bigint[])[1 + n %% cardinality(%(agents)s::bigint[])] AS agent,
       (%(teams)s::bigint[])[1 + n %% cardinality(%(teams)s::bigint[])] AS team,
       CASE WHEN n %% 5 < 2 THEN 'public' ELSE 'private' END AS visibility,
       -- How far the story has come: 1 asked, 2 answered, 3 asked again, 4 solved.
       CASE WHEN opened > now() - interval '8 hours' THEN 1 + n %% 4
            WHEN d < 0.01 THEN 1 + n %% 3 ELSE 4 END AS step
FROM asked, base;

INSERT INTO tickets_customer (id, name, note, created_at)
SELECT DISTINCT ON (customer) customer, 'Customer ' || customer, '', opened FROM story ORDER BY customer, opened;

INSERT INTO tickets_identity (id, kind, scope, external_id, handle, name, followers, verified, created_at, customer_id)
SELECT identity, channel.kind, '', 'bench-' || identity,
       CASE WHEN channel.address LIKE '%%@%%.%%' THEN 'person' || identity || '@mail.example' ELSE '@person' || identity END,
       'Customer ' || customer, (a * 5000)::int, false, opened, customer
FROM story JOIN tickets_channel AS channel ON channel.id = story.channel;

INSERT INTO tickets_ticket (number, subject, status, priority, visibility, excluded, opened_at, updated_at,
    last_message_at, preview, waiting_since, solved_at, followers, reposts, sla_metric, sla_due_at, sla_at_risk_at,
    sla_state, version, needs_fold, assignee_id, channel_id, customer_id, requester_id, team_id)
SELECT ticket, 'Where is my bag ' || n || '?',
       CASE WHEN step = 4 THEN CASE WHEN answered_again < now() - interval '14 days' THEN 'closed' ELSE 'solved' END
            ELSE (ARRAY['new', 'pending', 'open'])[step] END,
       1 + (n %% 10 > 0)::int + (n %% 10 > 7)::int + (n %% 50 = 49)::int, visibility, '', opened, now(),
       (ARRAY[opened, answered, asked_again, answered_again])[step],
       'I have been waiting for it since the flight of ' || to_char(opened, 'DD Mon') || ' and nobody calls back.',
       (ARRAY[opened, NULL, asked_again, NULL])[step], CASE WHEN step = 4 THEN answered_again END, (a * 5000)::int, 0,
       (ARRAY['first_response', '', 'next_response', ''])[step],
       (ARRAY[opened, NULL, asked_again, NULL])[step] + interval '1 hour',
       (ARRAY[opened, NULL, asked_again, NULL])[step] + interval '45 minutes',
       CASE WHEN step IN (2, 4) THEN 'met' WHEN opened < now() - interval '1 hour' THEN 'breached' ELSE 'ok' END,
       step, true, CASE WHEN step = 1 THEN NULL ELSE agent END, channel, customer, identity, team
FROM story;

INSERT INTO tickets_thread (id, key, visibility, created_at, channel_id, identity_id, ticket_id)
SELECT thread, 'bench-' || thread, visibility, opened, channel, identity, ticket FROM story;

INSERT INTO tickets_participant (role, identity_id, ticket_id) SELECT 'requester', identity, ticket FROM story;

INSERT INTO tickets_message (id, direction, visibility, author_kind, subject, text, html, visible_text, "to", cc, part,
    external_id, permalink, reach, language, reply_data, earlier_texts, deleted_reason, occurred_at, received_at,
    channel_id, identity_id, user_id, thread_id, ticket_id)
SELECT message + k, (ARRAY['inbound', 'outbound'])[2 - k %% 2], visibility, (ARRAY['customer', 'agent'])[2 - k %% 2], '',
       (ARRAY['Where is my bag? It was on the flight of ' || to_char(opened, 'DD Mon') || '.',
              'We look for it and write back within the hour. Which address should it go to?',
              'To the hotel at the harbour, room ' || n %% 400 || '. It is red and has two wheels.',
              'It arrives tonight with a courier. Thank you for your patience.'])[k], '', '', '[]', '[]', 1,
       'bench-' || message + k, '', '{}', 'en', '{}', '[]', '',
       (ARRAY[opened, answered, asked_again, answered_again])[k],
       (ARRAY[opened, answered, asked_again, answered_again])[k],
       channel, CASE WHEN k %% 2 = 1 THEN identity END, CASE WHEN k %% 2 = 0 THEN agent END, thread, ticket
FROM story CROSS JOIN generate_series(1, 4) AS k WHERE k <= step;

INSERT INTO tickets_messageref (external_id, channel_id, message_id)
SELECT external_id, channel_id, id FROM tickets_message WHERE id > (SELECT message FROM base);

INSERT INTO tickets_event (kind, actor_kind, visibility, occurred_at, recorded_at, data, actor_id, channel_id,
    message_id, ticket_id)
SELECT said.kind, said.actor, CASE WHEN said.k IS NULL THEN '' ELSE visibility END, said.at, said.at, said.data,
       CASE WHEN said.actor = 'agent' THEN agent END, CASE WHEN said.k IS NULL THEN NULL ELSE channel END,
       message + said.k, ticket
FROM story CROSS JOIN LATERAL (VALUES
    (1, 'ticket_opened', 'customer', NULL, opened, '{"reason": "message", "priority": "normal", "status": "new"}'::jsonb),
    (1, 'message_in', 'customer', 1, opened, '{"addressed": true}'),
    (2, 'assigned', 'agent', NULL, answered - interval '1 minute', jsonb_build_object('to', agent)),
    (2, 'reply_queued', 'agent', 2, answered - interval '10 seconds', '{}'),
    (2, 'status_changed', 'agent', NULL, answered - interval '10 seconds', '{"from": "new", "to": "pending", "reason": "reply"}'),
    (2, 'reply_sent', 'agent', 2, answered, '{}'),
    (3, 'message_in', 'customer', 3, asked_again, '{"addressed": true}'),
    (3, 'status_changed', 'customer', NULL, asked_again, '{"from": "pending", "to": "open", "reason": "reply"}'),
    (4, 'reply_queued', 'agent', 4, answered_again - interval '10 seconds', '{}'),
    (4, 'reply_sent', 'agent', 4, answered_again, '{}'),
    (4, 'status_changed', 'agent', NULL, answered_again, '{"from": "open", "to": "solved", "reason": "reply"}')
) AS said (step, kind, actor, k, at, data) WHERE said.step <= story.step;

SELECT setval(pg_get_serial_sequence('tickets_customer', 'id'), (SELECT max(id) FROM tickets_customer)),
       setval(pg_get_serial_sequence('tickets_identity', 'id'), (SELECT max(id) FROM tickets_identity)),
       setval(pg_get_serial_sequence('tickets_thread', 'id'), (SELECT max(id) FROM tickets_thread)),
       setval(pg_get_serial_sequence('tickets_ticket', 'number'), (SELECT max(number) FROM tickets_ticket)),
       setval(pg_get_serial_sequence('tickets_message', 'id'), (SELECT max(id) FROM tickets_message));
