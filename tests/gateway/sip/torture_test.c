/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The torture tests of RFC 4475 up to the parser: what is taken, what is
 * answered from here, what is dropped. What a taken message then gets (420,
 * 415, 406, 501) is the stack's to say, and tests/gateway/scenario_torture's
 * to see.
 */
#include <errno.h>
#include <string.h>

#include "gateway/sip/message.h"
#include "gateway/sip/osip.h"
#include "tests/gateway/sip/torture.h"
#include "tests/test.h"

static const struct {
	const char *name;
	int result;
} rows[] = {
	/* clang-format off */
	{ "wsinv",      0        },
	{ "intmeth",    0        },
	{ "esc01",      0        },
	{ "escnull",    0        },
	{ "esc02",      0        },
	{ "lwsdisp",    0        },
	{ "longreq",    0        },
	{ "dblreq",     0        },
	{ "semiuri",    0        },
	{ "transports", 0        },
	{ "mpart01",    0        },
	{ "unreason",   0        },
	{ "noreason",   0        },
	{ "badinv01",   -EBADMSG },
	{ "clerr",      400      },
	{ "ncl",        400      },
	{ "scalar02",   400      },
	{ "scalarlg",   -EBADMSG },
	{ "quotbal",    400      },
	{ "ltgtruri",   400      },
	{ "lwsruri",    400      },
	{ "lwsstart",   400      },
	{ "trws",       400      },
	{ "escruri",    400      },
	{ "baddate",    0        },
	{ "regbadct",   0        },
	{ "badaspec",   400      },
	{ "baddn",      400      },
	{ "badvers",    505      },
	{ "mismatch01", 400      },
	{ "mismatch02", 400      },
	{ "bigcode",    -EBADMSG },
	{ "badbranch",  0        },
	{ "insuf",      -EBADMSG },
	{ "unkscm",     416      },
	{ "novelsc",    416      },
	{ "unksm2",     0        },
	{ "bext01",     0        },
	{ "invut",      0        },
	{ "regaut01",   0        },
	{ "multi01",    400      },
	{ "mcl01",      400      },
	{ "bcast",      0        },
	{ "zeromf",     0        },
	{ "cparam01",   0        },
	{ "cparam02",   0        },
	{ "regescrt",   0        },
	{ "sdp01",      0        },
	{ "inv2543",    0        },
	/* clang-format on */
};
_Static_assert(ARRAY_LEN(rows) == TORTURES, "a row for each message");

TEST_ROWS(rfc_4475_is_taken_refused_or_dropped, rows, row)
{
	osip_message_t *m = NULL, *answer;
	char text[TORTURE_SIZE];
	struct bytes octets = { (const void *)text, 0 };
	int rc;

	message_start();
	octets.len = torture_print(torture_find(row->name), NULL, text);
	rc = message_parse(&m, octets);
	ck_assert_msg(rc == row->result, "%s: %d", row->name, rc);
	CHECK((m == NULL) == (rc < 0));
	if (m != NULL && !message_is_response(m)) {
		answer = message_response(m, rc > 0 ? (unsigned)rc : 200, NULL,
		                          "t");
		CHECK(answer != NULL);
		CHECK_EQ(message_octets(answer, &octets), 0);
		message_octets_free(&octets);
		(void)message_free(answer);
	}
	(void)message_free(m);
}
