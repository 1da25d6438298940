/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Bearer capability between libpri and phone.h. libpri takes a missing layer 1
 * protocol for mu-law, so speech always names its law; digital bearers carry
 * none on the wire whatever is given (Q.931 4.5.5).
 */
#include "pri/private.h"

/* clang-format off */
static const struct {
	enum bearer bearer;
	int capability;
} bearers[] = {
	{ BEARER_SPEECH,       PRI_TRANS_CAP_SPEECH },
	{ BEARER_AUDIO_3K1,    PRI_TRANS_CAP_3_1K_AUDIO },
	{ BEARER_UNRESTRICTED, PRI_TRANS_CAP_DIGITAL },
	{ BEARER_RESTRICTED,   PRI_TRANS_CAP_RESTRICTED_DIGITAL },
	{ BEARER_VIDEO,        PRI_TRANS_CAP_VIDEO },
};
/* clang-format on */

int isdn_bearer_to(enum bearer bearer)
{
	for (size_t i = 0; i < ARRAY_LEN(bearers); i++)
		if (bearers[i].bearer == bearer)
			return bearers[i].capability;
	return PRI_TRANS_CAP_DIGITAL_W_TONES;
}

enum bearer isdn_bearer_from(int capability)
{
	for (size_t i = 0; i < ARRAY_LEN(bearers); i++)
		if (bearers[i].capability == capability)
			return bearers[i].bearer;
	return BEARER_OTHER;
}

int isdn_layer1_to(enum law law)
{
	return law == LAW_ALAW ? PRI_LAYER_1_ALAW : PRI_LAYER_1_ULAW;
}

bool isdn_layer1_from(int layer1, enum law *out)
{
	*out = layer1 == PRI_LAYER_1_ALAW ? LAW_ALAW : LAW_ULAW;
	return layer1 == PRI_LAYER_1_ALAW || layer1 == PRI_LAYER_1_ULAW;
}
