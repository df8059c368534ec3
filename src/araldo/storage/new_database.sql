CREATE TABLE accounts (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	service VARCHAR(40) NOT NULL,
	remote_id VARCHAR(128) NOT NULL,
	name VARCHAR(300) NOT NULL,
	username VARCHAR(300),
	is_default BOOLEAN NOT NULL,
	health VARCHAR(20) NOT NULL,
	health_detail JSON,
	scopes JSON,
	quota JSON,
	created_at DATETIME NOT NULL,
	connected_at DATETIME NOT NULL, checked_at DATETIME, posting_times JSON, credentials TEXT, credentials_version INTEGER DEFAULT '0' NOT NULL, ends JSON, facts JSON DEFAULT '{}' NOT NULL, host VARCHAR(255), connect_method VARCHAR(40), disconnected_at DATETIME, lease_owner VARCHAR(64), lease_until DATETIME,
	CONSTRAINT fk_accounts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_accounts PRIMARY KEY (id),
	CONSTRAINT uq_accounts_workspace_id_kind_remote_id UNIQUE (workspace_id, kind, remote_id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE api_keys (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	name VARCHAR(200) NOT NULL,
	prefix VARCHAR(16) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	scopes JSON NOT NULL,
	created_at DATETIME NOT NULL,
	last_used_at DATETIME,
	expires_at DATETIME,
	revoked_at DATETIME, usage_window BIGINT DEFAULT '0' NOT NULL, requests_reserved INTEGER DEFAULT '0' NOT NULL, created_by VARCHAR(48),
	CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	CONSTRAINT uq_api_keys_hash UNIQUE (hash)
);
CREATE TABLE approval_comments (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	post_id VARCHAR(48) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	author VARCHAR(200) NOT NULL,
	by_link BOOLEAN NOT NULL,
	text TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_approval_comments_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_approval_comments_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_approval_comments PRIMARY KEY (id)
);
CREATE TABLE approval_links (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	post_id VARCHAR(48) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	note VARCHAR(200) NOT NULL,
	maker_kind VARCHAR(16) NOT NULL,
	maker_id VARCHAR(48) NOT NULL,
	maker_name VARCHAR(200) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT fk_approval_links_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_approval_links_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_approval_links PRIMARY KEY (id),
	CONSTRAINT uq_approval_links_hash UNIQUE (hash)
);
CREATE TABLE approvals (
	post_id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	state VARCHAR(16) NOT NULL,
	number INTEGER NOT NULL,
	approved JSON,
	requested_by VARCHAR(200),
	requested_at DATETIME,
	decided_by VARCHAR(200),
	decided_at DATETIME,
	reminded_for DATETIME,
	CONSTRAINT fk_approvals_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_approvals_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_approvals PRIMARY KEY (post_id)
);
CREATE TABLE attempts (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	delivery_id VARCHAR(48) NOT NULL,
	number INTEGER NOT NULL,
	fence INTEGER NOT NULL,
	opened_at DATETIME NOT NULL,
	send_before DATETIME NOT NULL,
	asked JSON NOT NULL,
	outcome VARCHAR(20),
	answer JSON,
	seconds FLOAT,
	closed_at DATETIME,
	CONSTRAINT fk_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
	CONSTRAINT fk_attempts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_attempts PRIMARY KEY (id),
	CONSTRAINT uq_attempts_delivery_id_number UNIQUE (delivery_id, number)
);
CREATE TABLE audit_log (
	id VARCHAR(48) NOT NULL,
	created_at DATETIME NOT NULL,
	workspace_id VARCHAR(48),
	action VARCHAR(40) NOT NULL,
	actor_kind VARCHAR(16) NOT NULL,
	actor_id VARCHAR(48),
	actor_name VARCHAR(200),
	address VARCHAR(64),
	target VARCHAR(100),
	target_name VARCHAR(200),
	CONSTRAINT pk_audit_log PRIMARY KEY (id)
);
CREATE TABLE brands (
	workspace_id VARCHAR(48) NOT NULL,
	name VARCHAR(200) NOT NULL,
	logo_media_id VARCHAR(48),
	first_color VARCHAR(7),
	second_color VARCHAR(7),
	fonts VARCHAR(40),
	handle VARCHAR(200) NOT NULL,
	tone VARCHAR(500) NOT NULL,
	updated_at DATETIME NOT NULL, hashtags JSON, cta TEXT DEFAULT '' NOT NULL,
	CONSTRAINT fk_brands_logo_media_id FOREIGN KEY(logo_media_id) REFERENCES media (id),
	CONSTRAINT fk_brands_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_brands PRIMARY KEY (workspace_id)
);
CREATE TABLE "connections" (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	api_key_id VARCHAR(48),
	service VARCHAR(40) NOT NULL,
	status VARCHAR(20) NOT NULL,
	nonce_hash VARCHAR(64),
	found TEXT,
	notes JSON,
	error JSON,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	session_id VARCHAR(48), browser_hash VARCHAR(64), complete BOOLEAN DEFAULT 1 NOT NULL, method VARCHAR(40) DEFAULT 'login' NOT NULL, remembered TEXT,
	CONSTRAINT fk_connections_api_key_id FOREIGN KEY(api_key_id) REFERENCES api_keys (id) ON DELETE CASCADE,
	CONSTRAINT fk_connections_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE,
	CONSTRAINT fk_connections_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_connections PRIMARY KEY (id)
);
CREATE TABLE "deliveries" (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	post_id VARCHAR(48) NOT NULL,
	account_id VARCHAR(48),
	platform VARCHAR(40) NOT NULL,
	position INTEGER NOT NULL,
	state VARCHAR(20) NOT NULL,
	rev INTEGER NOT NULL,
	fence INTEGER NOT NULL,
	lease_owner VARCHAR(64),
	lease_until DATETIME,
	due_at DATETIME,
	next_at DATETIME,
	tries INTEGER NOT NULL,
	prepares INTEGER NOT NULL,
	ticket JSON,
	open_attempts INTEGER NOT NULL,
	remote_id VARCHAR(200),
	permalink TEXT,
	error JSON,
	picture_state VARCHAR(20) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	published_at DATETIME,
	notes JSON, wake_at DATETIME GENERATED ALWAYS AS (CASE WHEN lease_until > CASE
WHEN state IN ('queued', 'preparing', 'waiting', 'publishing') THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' AND picture_state IN ('queued', 'making', 'stale')
AND (due_at IS NULL OR coalesce(next_at, created_at) < due_at) THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' THEN due_at
WHEN state IN ('draft', 'failed', 'missed', 'needs_reconnect') AND picture_state IN ('queued', 'making')
THEN coalesce(next_at, created_at) END THEN lease_until ELSE CASE
WHEN state IN ('queued', 'preparing', 'waiting', 'publishing') THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' AND picture_state IN ('queued', 'making', 'stale')
AND (due_at IS NULL OR coalesce(next_at, created_at) < due_at) THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' THEN due_at
WHEN state IN ('draft', 'failed', 'missed', 'needs_reconnect') AND picture_state IN ('queued', 'making')
THEN coalesce(next_at, created_at) END END),
	CONSTRAINT fk_deliveries_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	CONSTRAINT fk_deliveries_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_deliveries_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_deliveries PRIMARY KEY (id),
	CONSTRAINT uq_deliveries_account_id_remote_id UNIQUE (account_id, remote_id),
	CONSTRAINT uq_deliveries_post_id_platform_account_id UNIQUE (post_id, platform, account_id)
);
CREATE TABLE delivery_pictures (
	delivery_id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	medium_id VARCHAR(48),
	digest VARCHAR(64),
	origin VARCHAR(20) NOT NULL,
	source JSON,
	error JSON,
	notes JSON,
	alt TEXT,
	wish JSON,
	locked BOOLEAN DEFAULT 0 NOT NULL,
	remade BOOLEAN DEFAULT 0 NOT NULL,
	CONSTRAINT fk_delivery_pictures_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
	CONSTRAINT fk_delivery_pictures_medium_id FOREIGN KEY(medium_id) REFERENCES media (id),
	CONSTRAINT fk_delivery_pictures_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_delivery_pictures PRIMARY KEY (delivery_id)
);
CREATE TABLE earlier_credentials (
	account_id VARCHAR(48) NOT NULL,
	token TEXT NOT NULL,
	read_token TEXT,
	facts JSON NOT NULL,
	CONSTRAINT fk_earlier_credentials_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	CONSTRAINT pk_earlier_credentials PRIMARY KEY (account_id)
);
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	workspace_id VARCHAR(48) NOT NULL,
	post_id VARCHAR(48),
	delivery_id VARCHAR(48),
	kind VARCHAR(60) NOT NULL,
	data JSON NOT NULL,
	at DATETIME NOT NULL, trace_parent VARCHAR(55),
	CONSTRAINT fk_events_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_events_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE TABLE idempotency (
	caller_id VARCHAR(48) NOT NULL,
	route VARCHAR(80) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	body_hash VARCHAR(64) NOT NULL,
	post_id VARCHAR(48),
	answer JSON,
	lease_until DATETIME,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_idempotency_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT pk_idempotency PRIMARY KEY (caller_id, route, "key")
);
CREATE TABLE invitations (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	role VARCHAR(16) NOT NULL,
	note VARCHAR(200) NOT NULL,
	created_by VARCHAR(48) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT fk_invitations_created_by FOREIGN KEY(created_by) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT fk_invitations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_invitations PRIMARY KEY (id),
	CONSTRAINT uq_invitations_hash UNIQUE (hash)
);
CREATE TABLE mails (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	about VARCHAR(80) NOT NULL,
	event_ids JSON NOT NULL,
	state VARCHAR(20) NOT NULL,
	attempts INTEGER NOT NULL,
	next_at DATETIME,
	lease_owner VARCHAR(64),
	lease_until DATETIME,
	error JSON,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	sent_at DATETIME,
	CONSTRAINT fk_mails_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_mails PRIMARY KEY (id)
);
CREATE TABLE media (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	mime VARCHAR(60) NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	origin VARCHAR(20) NOT NULL,
	provider VARCHAR(40),
	alt TEXT NOT NULL,
	placeholder TEXT,
	created_at DATETIME NOT NULL, filename VARCHAR(255) DEFAULT '' NOT NULL, source_id VARCHAR(48), cut JSON, kept BOOLEAN DEFAULT 1 NOT NULL, removed_at DATETIME, dhash VARCHAR(16), notes JSON, search_text TEXT DEFAULT '' NOT NULL,
	CONSTRAINT fk_media_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_media PRIMARY KEY (id)
);
CREATE TABLE media_tags (
	medium_id VARCHAR(48) NOT NULL,
	"key" VARCHAR(160) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	tag VARCHAR(40) NOT NULL,
	CONSTRAINT fk_media_tags_medium_id FOREIGN KEY(medium_id) REFERENCES media (id) ON DELETE CASCADE,
	CONSTRAINT fk_media_tags_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_media_tags PRIMARY KEY (medium_id, "key")
);
CREATE TABLE "members" (
	id VARCHAR(48) NOT NULL,
	user_id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	created_at DATETIME NOT NULL,
	role VARCHAR(16) NOT NULL,
	CONSTRAINT fk_members_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT fk_members_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_members PRIMARY KEY (id),
	CONSTRAINT uq_members_user_id_workspace_id UNIQUE (user_id, workspace_id)
);
CREATE TABLE outbox_consumers (
	name VARCHAR(20) NOT NULL,
	position BIGINT NOT NULL,
	CONSTRAINT pk_outbox_consumers PRIMARY KEY (name)
);
CREATE TABLE picture_cache (
	workspace_id VARCHAR(48) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	blob VARCHAR(64) NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	placeholder TEXT NOT NULL,
	provider VARCHAR(40) NOT NULL,
	model VARCHAR(200),
	made_at DATETIME NOT NULL,
	CONSTRAINT fk_picture_cache_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_picture_cache PRIMARY KEY (workspace_id, digest)
);
CREATE TABLE picture_claims (
	workspace_id VARCHAR(48) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	owner VARCHAR(64) NOT NULL,
	lease_until DATETIME NOT NULL,
	CONSTRAINT fk_picture_claims_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_picture_claims PRIMARY KEY (workspace_id, digest)
);
CREATE TABLE picture_history (
	delivery_id VARCHAR(48) NOT NULL,
	medium_id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	wish JSON,
	digest VARCHAR(64),
	origin VARCHAR(20) NOT NULL,
	notes JSON,
	alt TEXT,
	pictures JSON,
	made_at DATETIME NOT NULL,
	shown_at DATETIME NOT NULL, source JSON,
	CONSTRAINT fk_picture_history_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
	CONSTRAINT fk_picture_history_medium_id FOREIGN KEY(medium_id) REFERENCES media (id) ON DELETE CASCADE,
	CONSTRAINT fk_picture_history_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_picture_history PRIMARY KEY (delivery_id, medium_id)
);
CREATE TABLE picture_spend (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	provider VARCHAR(40) NOT NULL,
	model VARCHAR(200) NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	outcome VARCHAR(40) NOT NULL,
	seconds FLOAT NOT NULL,
	price_micros BIGINT,
	currency VARCHAR(3),
	at DATETIME NOT NULL,
	CONSTRAINT fk_picture_spend_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_picture_spend PRIMARY KEY (id)
);
CREATE TABLE posts (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	content TEXT NOT NULL,
	cta TEXT,
	hashtags JSON NOT NULL,
	texts JSON,
	image_prompt TEXT NOT NULL,
	platform_prompts JSON,
	image_style VARCHAR(100) NOT NULL,
	image_provider VARCHAR(100) NOT NULL,
	due_at DATETIME,
	zone VARCHAR(64),
	wall_time VARCHAR(40),
	late_limit_s INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	deleted_at DATETIME, recurrence_id VARCHAR(48), occurrence_at DATETIME, search_text TEXT DEFAULT '' NOT NULL, search_id BIGINT, shapes JSON, slides JSON, status VARCHAR(20) DEFAULT 'draft' NOT NULL, listed_at DATETIME GENERATED ALWAYS AS (coalesce(due_at, created_at)), design_seed JSON, note TEXT, options JSON,
	CONSTRAINT fk_posts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_posts PRIMARY KEY (id)
);
CREATE VIRTUAL TABLE posts_search USING fts5(search_text, content='posts', content_rowid='search_id');
CREATE TABLE push_devices (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	member_id VARCHAR(48) NOT NULL,
	session_id VARCHAR(48) NOT NULL,
	endpoint_hash VARCHAR(64) NOT NULL,
	subscription TEXT NOT NULL,
	error JSON,
	created_at DATETIME NOT NULL,
	last_sent_at DATETIME,
	CONSTRAINT fk_push_devices_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE,
	CONSTRAINT fk_push_devices_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE,
	CONSTRAINT fk_push_devices_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_push_devices PRIMARY KEY (id),
	CONSTRAINT uq_push_devices_workspace_id_endpoint_hash UNIQUE (workspace_id, endpoint_hash)
);
CREATE TABLE push_keys (
	id VARCHAR(48) NOT NULL,
	public_key TEXT NOT NULL,
	private_key TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_push_keys PRIMARY KEY (id)
);
CREATE TABLE push_messages (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	device_id VARCHAR(48) NOT NULL,
	about VARCHAR(80) NOT NULL,
	event_ids JSON NOT NULL,
	state VARCHAR(20) NOT NULL,
	attempts INTEGER NOT NULL,
	next_at DATETIME,
	lease_owner VARCHAR(64),
	lease_until DATETIME,
	error JSON,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	sent_at DATETIME,
	CONSTRAINT fk_push_messages_device_id FOREIGN KEY(device_id) REFERENCES push_devices (id) ON DELETE CASCADE,
	CONSTRAINT fk_push_messages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_push_messages PRIMARY KEY (id)
);
CREATE TABLE recovery_codes (
	id VARCHAR(48) NOT NULL,
	user_id VARCHAR(48) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	created_at DATETIME NOT NULL,
	used_at DATETIME,
	CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT pk_recovery_codes PRIMARY KEY (id),
	CONSTRAINT uq_recovery_codes_user_id_hash UNIQUE (user_id, hash)
);
CREATE TABLE recurrences (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	post_id VARCHAR(48) NOT NULL,
	rrule VARCHAR(500) NOT NULL,
	zone VARCHAR(64) NOT NULL,
	start VARCHAR(40) NOT NULL,
	next_at DATETIME,
	last_made_at DATETIME,
	created_at DATETIME NOT NULL,
	ended_at DATETIME,
	CONSTRAINT fk_recurrences_post_id FOREIGN KEY(post_id) REFERENCES posts (id) ON DELETE CASCADE,
	CONSTRAINT fk_recurrences_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_recurrences PRIMARY KEY (id)
);
CREATE TABLE sessions (
	id VARCHAR(48) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	user_id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	user_agent VARCHAR(200) NOT NULL,
	created_at DATETIME NOT NULL,
	last_used_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT fk_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_sessions PRIMARY KEY (id),
	CONSTRAINT uq_sessions_hash UNIQUE (hash)
);
CREATE TABLE sign_in_links (
	id VARCHAR(48) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	user_id VARCHAR(48) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	CONSTRAINT fk_sign_in_links_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT pk_sign_in_links PRIMARY KEY (id),
	CONSTRAINT uq_sign_in_links_hash UNIQUE (hash)
);
CREATE TABLE sign_in_tries (
	digest VARCHAR(64) NOT NULL,
	made JSON NOT NULL,
	paused_at DATETIME,
	lockout_at DATETIME,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_sign_in_tries PRIMARY KEY (digest)
);
CREATE TABLE slide_media (
	delivery_id VARCHAR(48) NOT NULL,
	medium_id VARCHAR(48) NOT NULL,
	CONSTRAINT fk_slide_media_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
	CONSTRAINT fk_slide_media_medium_id FOREIGN KEY(medium_id) REFERENCES media (id),
	CONSTRAINT pk_slide_media PRIMARY KEY (delivery_id, medium_id)
);
CREATE TABLE slide_pictures (
	delivery_id VARCHAR(48) NOT NULL,
	position INTEGER NOT NULL,
	state VARCHAR(20) NOT NULL,
	digest VARCHAR(64),
	medium_id VARCHAR(48),
	error JSON,
	notes JSON,
	CONSTRAINT fk_slide_pictures_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
	CONSTRAINT fk_slide_pictures_medium_id FOREIGN KEY(medium_id) REFERENCES media (id),
	CONSTRAINT pk_slide_pictures PRIMARY KEY (delivery_id, position)
);
CREATE TABLE system_state (
	name VARCHAR(40) NOT NULL,
	value JSON NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT pk_system_state PRIMARY KEY (name)
);
CREATE TABLE user_totp (
	user_id VARCHAR(48) NOT NULL,
	secret TEXT NOT NULL,
	last_step INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	confirmed_at DATETIME,
	CONSTRAINT fk_user_totp_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT pk_user_totp PRIMARY KEY (user_id)
);
CREATE TABLE users (
	id VARCHAR(48) NOT NULL,
	name VARCHAR(200) NOT NULL,
	folded_name VARCHAR(400) NOT NULL,
	password_hash TEXT,
	language VARCHAR(8) NOT NULL,
	created_at DATETIME NOT NULL, email VARCHAR(254),
	CONSTRAINT pk_users PRIMARY KEY (id),
	CONSTRAINT uq_users_folded_name UNIQUE (folded_name)
);
CREATE TABLE webhook_deliveries (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	webhook_id VARCHAR(48) NOT NULL,
	event_id BIGINT,
	type VARCHAR(60) NOT NULL,
	body TEXT NOT NULL,
	state VARCHAR(20) NOT NULL,
	attempts INTEGER NOT NULL,
	next_at DATETIME,
	lease_owner VARCHAR(64),
	lease_until DATETIME,
	status_code INTEGER,
	error JSON,
	log JSON NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	delivered_at DATETIME,
	CONSTRAINT fk_webhook_deliveries_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE,
	CONSTRAINT fk_webhook_deliveries_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
	CONSTRAINT uq_webhook_deliveries_webhook_id_event_id_type UNIQUE (webhook_id, event_id, type)
);
CREATE TABLE webhooks (
	id VARCHAR(48) NOT NULL,
	workspace_id VARCHAR(48) NOT NULL,
	url TEXT NOT NULL,
	secret TEXT NOT NULL,
	old_secret TEXT,
	old_secret_until DATETIME,
	events JSON,
	active BOOLEAN NOT NULL,
	note TEXT NOT NULL,
	failing_since DATETIME,
	stopped JSON,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT fk_webhooks_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
	CONSTRAINT pk_webhooks PRIMARY KEY (id)
);
CREATE TABLE workspaces (
	id VARCHAR(48) NOT NULL,
	name VARCHAR(200) NOT NULL,
	language VARCHAR(8) NOT NULL,
	zone VARCHAR(64) NOT NULL,
	created_at DATETIME NOT NULL, language_source VARCHAR(16) DEFAULT 'workspace' NOT NULL, approval_required BOOLEAN DEFAULT 0 NOT NULL,
	CONSTRAINT pk_workspaces PRIMARY KEY (id)
);
CREATE INDEX ix_approval_comments_post_id_created_at_id ON approval_comments (post_id, created_at, id);
CREATE INDEX ix_approval_links_expires_at ON approval_links (expires_at);
CREATE INDEX ix_approval_links_post_id ON approval_links (post_id);
CREATE INDEX ix_approvals_workspace_id_state ON approvals (workspace_id, state);
CREATE INDEX ix_attempts_opened_at ON attempts (opened_at);
CREATE INDEX ix_audit_log_created_at_id ON audit_log (created_at, id);
CREATE INDEX ix_audit_log_target ON audit_log (target);
CREATE INDEX ix_audit_log_workspace_id_created_at_id ON audit_log (workspace_id, created_at, id);
CREATE INDEX ix_brands_logo_media_id ON brands (logo_media_id);
CREATE INDEX ix_connections_expires_at ON connections (expires_at);
CREATE INDEX ix_deliveries_account_id_post_id_platform ON deliveries (account_id, post_id, platform);
CREATE INDEX ix_deliveries_account_id_published_at ON deliveries (account_id, published_at) WHERE published_at IS NOT NULL;
CREATE INDEX ix_deliveries_account_id_state_due_at ON deliveries (account_id, state, due_at);
CREATE INDEX ix_deliveries_counted ON deliveries (state, platform) WHERE state NOT IN ('published', 'cancelled');
CREATE INDEX ix_deliveries_lease_until ON deliveries (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_deliveries_wake_at ON deliveries (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_deliveries_without_permalink ON deliveries (published_at) WHERE permalink IS NULL AND published_at IS NOT NULL;
CREATE INDEX ix_deliveries_workspace_id_platform_post_id ON deliveries (workspace_id, platform, post_id);
CREATE INDEX ix_delivery_pictures_medium_id ON delivery_pictures (medium_id);
CREATE INDEX ix_events_post_id_id ON events (post_id, id);
CREATE INDEX ix_events_workspace_id_id ON events (workspace_id, id);
CREATE INDEX ix_idempotency_created_at ON idempotency (created_at);
CREATE INDEX ix_invitations_expires_at ON invitations (expires_at);
CREATE INDEX ix_invitations_workspace_id ON invitations (workspace_id);
CREATE INDEX ix_mails_state_next_at ON mails (state, next_at);
CREATE INDEX ix_media_digest ON media (digest);
CREATE INDEX ix_media_source_id ON media (source_id);
CREATE INDEX ix_media_tags_workspace_id_key ON media_tags (workspace_id, "key");
CREATE INDEX ix_media_workspace_id_created_at_id ON media (workspace_id, created_at, id);
CREATE INDEX ix_members_workspace_id ON members (workspace_id);
CREATE INDEX ix_picture_history_medium_id ON picture_history (medium_id);
CREATE INDEX ix_picture_spend_workspace_id_at ON picture_spend (workspace_id, at);
CREATE INDEX ix_posts_deleted_at ON posts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX ix_posts_recurrence_id_occurrence_at ON posts (recurrence_id, occurrence_at);
CREATE INDEX ix_posts_workspace_id_created_at ON posts (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_posts_workspace_id_listed_at ON posts (workspace_id, listed_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_posts_workspace_id_status_created_at ON posts (workspace_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_posts_workspace_id_status_listed_at ON posts (workspace_id, status, listed_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_push_devices_member_id ON push_devices (member_id);
CREATE INDEX ix_push_devices_session_id ON push_devices (session_id);
CREATE INDEX ix_push_messages_device_id_about ON push_messages (device_id, about);
CREATE INDEX ix_push_messages_state_next_at ON push_messages (state, next_at);
CREATE INDEX ix_recurrences_ended_at_next_at ON recurrences (ended_at, next_at);
CREATE INDEX ix_recurrences_post_id ON recurrences (post_id);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_sign_in_links_expires_at ON sign_in_links (expires_at);
CREATE INDEX ix_sign_in_tries_expires_at ON sign_in_tries (expires_at);
CREATE INDEX ix_slide_media_medium_id ON slide_media (medium_id);
CREATE INDEX ix_slide_pictures_medium_id ON slide_pictures (medium_id);
CREATE INDEX ix_webhook_deliveries_state_next_at ON webhook_deliveries (state, next_at);
CREATE INDEX ix_webhook_deliveries_webhook_id_created_at_id ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX ix_webhooks_workspace_id_created_at_id ON webhooks (workspace_id, created_at, id);
CREATE INDEX ix_workspaces_approval_required ON workspaces (approval_required);
CREATE UNIQUE INDEX uq_deliveries_post_id_platform_no_account ON deliveries (post_id, platform) WHERE account_id IS NULL;
CREATE UNIQUE INDEX uq_posts_search_id ON posts (search_id);
CREATE UNIQUE INDEX uq_recurrences_post_id_open ON recurrences (post_id) WHERE ended_at IS NULL;
CREATE TRIGGER deliveries_added AFTER INSERT ON deliveries FOR EACH ROW  BEGIN UPDATE posts SET status = derived.status FROM (SELECT CASE
WHEN count(*) = 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state <> 'cancelled') = 0 THEN 'cancelled'
WHEN count(*) FILTER (WHERE state IN ('queued', 'preparing', 'waiting', 'publishing')) > 0 THEN 'publishing'
WHEN count(*) FILTER (WHERE state = 'draft') > 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state = 'scheduled') > 0 THEN 'scheduled'
WHEN count(*) FILTER (WHERE state NOT IN ('cancelled', 'published')) = 0 THEN 'published'
WHEN count(*) FILTER (WHERE state = 'published') > 0 THEN 'partial'
WHEN count(*) FILTER (WHERE state = 'unconfirmed') > 0 THEN 'unconfirmed'
WHEN count(*) FILTER (WHERE state = 'needs_reconnect') > 0 THEN 'needs_reconnect'
ELSE 'failed' END AS status FROM deliveries WHERE post_id = NEW.post_id) AS derived WHERE posts.id = NEW.post_id AND posts.status <> derived.status; END;
CREATE TRIGGER deliveries_changed AFTER UPDATE OF state ON deliveries FOR EACH ROW WHEN (OLD.state <> NEW.state AND NOT (OLD.state IN ('queued', 'preparing', 'waiting', 'publishing') AND NEW.state IN ('queued', 'preparing', 'waiting', 'publishing'))) BEGIN UPDATE posts SET status = derived.status FROM (SELECT CASE
WHEN count(*) = 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state <> 'cancelled') = 0 THEN 'cancelled'
WHEN count(*) FILTER (WHERE state IN ('queued', 'preparing', 'waiting', 'publishing')) > 0 THEN 'publishing'
WHEN count(*) FILTER (WHERE state = 'draft') > 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state = 'scheduled') > 0 THEN 'scheduled'
WHEN count(*) FILTER (WHERE state NOT IN ('cancelled', 'published')) = 0 THEN 'published'
WHEN count(*) FILTER (WHERE state = 'published') > 0 THEN 'partial'
WHEN count(*) FILTER (WHERE state = 'unconfirmed') > 0 THEN 'unconfirmed'
WHEN count(*) FILTER (WHERE state = 'needs_reconnect') > 0 THEN 'needs_reconnect'
ELSE 'failed' END AS status FROM deliveries WHERE post_id = NEW.post_id) AS derived WHERE posts.id = NEW.post_id AND posts.status <> derived.status; END;
CREATE TRIGGER deliveries_removed AFTER DELETE ON deliveries FOR EACH ROW  BEGIN UPDATE posts SET status = derived.status FROM (SELECT CASE
WHEN count(*) = 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state <> 'cancelled') = 0 THEN 'cancelled'
WHEN count(*) FILTER (WHERE state IN ('queued', 'preparing', 'waiting', 'publishing')) > 0 THEN 'publishing'
WHEN count(*) FILTER (WHERE state = 'draft') > 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state = 'scheduled') > 0 THEN 'scheduled'
WHEN count(*) FILTER (WHERE state NOT IN ('cancelled', 'published')) = 0 THEN 'published'
WHEN count(*) FILTER (WHERE state = 'published') > 0 THEN 'partial'
WHEN count(*) FILTER (WHERE state = 'unconfirmed') > 0 THEN 'unconfirmed'
WHEN count(*) FILTER (WHERE state = 'needs_reconnect') > 0 THEN 'needs_reconnect'
ELSE 'failed' END AS status FROM deliveries WHERE post_id = OLD.post_id) AS derived WHERE posts.id = OLD.post_id AND posts.status <> derived.status; END;
CREATE TRIGGER posts_search_added AFTER INSERT ON posts BEGIN INSERT INTO posts_search(rowid, search_text) VALUES (new.search_id, new.search_text); END;
CREATE TRIGGER posts_search_changed AFTER UPDATE OF search_text ON posts BEGIN INSERT INTO posts_search(posts_search, rowid, search_text) VALUES ('delete', old.search_id, old.search_text); INSERT INTO posts_search(rowid, search_text) VALUES (new.search_id, new.search_text); END;
CREATE TRIGGER posts_search_removed AFTER DELETE ON posts BEGIN INSERT INTO posts_search(posts_search, rowid, search_text) VALUES ('delete', old.search_id, old.search_text); END;
INSERT INTO "alembic_version" VALUES('0033');
INSERT INTO "outbox_consumers" VALUES('mail',0);
INSERT INTO "outbox_consumers" VALUES('push',-1);
INSERT INTO "outbox_consumers" VALUES('webhooks',0);
