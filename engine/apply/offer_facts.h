// What happens to rounds and their offers, until the award and after it.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

void Apply(Applier& applier, const journal::v1::RoundOpened& fact);
void Apply(Applier& applier, const journal::v1::RoundsPassedOver& fact);
void Apply(Applier& applier, const journal::v1::RoundDue& fact);
void Apply(Applier& applier, const journal::v1::RoundClosed& fact);
void Apply(Applier& applier, const journal::v1::RoundEvaluated& fact);
void Apply(Applier& applier, const journal::v1::DeadlineExtended& fact);
void Apply(Applier& applier, const journal::v1::OfferAnswered& fact);
void Apply(Applier& applier, const journal::v1::OffersClosed& fact);
void Apply(Applier& applier, const journal::v1::OfferMoved& fact);
void Apply(Applier& applier, const journal::v1::ErrorClaimed& fact);
void Apply(Applier& applier, const journal::v1::ErrorDecided& fact);
void Apply(Applier& applier, const journal::v1::QuestionAsked& fact);
void Apply(Applier& applier, const journal::v1::QuestionAnswered& fact);

}  // namespace brokerage::engine
