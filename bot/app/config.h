/* The configuration file, read by libconfuse. Paths are relative to the folder the bot is started
 * in. Secrets stand in files of their own. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "core/book.h"
#include "core/err.h"

struct config_discord {
	bool on;
	struct str token_file, api_url, gateway_url, ca_file;
	struct str *channels; /* ids of channels in which every question is answered */
	size_t channels_n;
	bool compress;		  /* zlib-stream on the gateway */
	struct str staff_channel; /* where staff are told of urgent messages; empty: nowhere */
	struct str staff_second;  /* another one, for those that nobody took; empty: none */
	bool alert_with_text;	  /* with the patient's words */
	bool remove_with_question;
	unsigned missed_h, missed_messages; /* what is read back after a lost session, at most */
};

struct config_matrix {
	bool on;
	struct str homeserver, user, ca_file;
	struct str token_file, password_file; /* one of them; or, as an appservice: */
	struct str wsproxy, as_token_file;    /* else both are empty */
	struct str session_file; /* what a sign-in by password gave: beside the state */
	struct str *invite_from; /* user ids, with * for anything */
	size_t invite_from_n;
	bool receipts, groups_get_text, remove_with_question;
	struct str staff_room, staff_second; /* as for Discord */
	bool alert_with_text;
};

struct config_preview {
	bool on;
	struct str listen;
	struct str public_host; /* set: behind a reverse proxy under this name; any address may be
				   listened on */
};

struct config {
	struct arena arena; /* holds all the texts */
	struct str file;    /* empty when there was none */
	struct str intents, state;
	struct clinic clinic;
	struct config_discord discord;
	struct config_matrix matrix;
	struct config_preview preview;
	unsigned alert_again_s;	 /* an alert that nobody took for so long is shown again */
	unsigned late_after_min; /* a question that waited longer is late */
	bool answer_late;	 /* else only urgent ones get an answer when they are late */
	unsigned person_per_minute, room_per_minute; /* replies; 0: no limit */
	bool first_contact; /* says what it is to whoever it did not tell for 30 days */
};

/* What counts without a file: the preview page, no state file, example details for the clinic. */
void config_default(struct config *out);

/* Reads `path`. Every mistake goes to `mistakes` with its line; false when any is an error. In
 * either case config_done() must follow. */
bool config_read(struct str path, struct config *out, struct mistakes *mistakes);

/* The file with what it signs in with on Matrix. */
struct str config_matrix_secret(const struct config *config);

/* Accepts one that was only zeroed. */
void config_done(struct config *config);

#endif
