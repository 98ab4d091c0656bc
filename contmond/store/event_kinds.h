/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of events. contmond/API.md explains each of them. */
#ifndef CONTMOND_STORE_EVENT_KINDS_H
#define CONTMOND_STORE_EVENT_KINDS_H

#define EVENT_CONTAINER_STARTED "container_started"
#define EVENT_CONTAINER_ENDED "container_ended"
#define EVENT_OOM_KILLED "oom_killed"
#define EVENT_POLICY_WARNED "policy_warned"
#define EVENT_POLICY_ACTED "policy_acted"
#define EVENT_POLICY_NOTIFIED "policy_notified"
#define EVENT_POLICY_GAVE_UP "policy_gave_up"

/* All of them, in API.md's order */
#define EVENT_KINDS \
	EVENT_CONTAINER_STARTED "," EVENT_CONTAINER_ENDED "," \
	EVENT_OOM_KILLED "," EVENT_POLICY_WARNED "," EVENT_POLICY_ACTED "," \
	EVENT_POLICY_NOTIFIED "," EVENT_POLICY_GAVE_UP

/* In the detail of EVENT_OOM_KILLED: of the process, and hidden with it */
#define EVENT_VICTIM_RSS "victim_rss_bytes"

/* The states of decisions */
#define DECISION_STATES \
	"planned,warned,acted,verified,failed,vetoed,expired,spared,gone," \
	"held,restored"

#endif /* CONTMOND_STORE_EVENT_KINDS_H */
