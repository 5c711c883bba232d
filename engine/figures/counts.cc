#include "engine/figures/counts.h"

#include <cstdint>
#include <iterator>

#include "engine/base/check.h"

namespace brokerage::engine {

namespace {

template <typename Counts>
struct Count {
  int64_t (Counts::*get)() const;
  void (Counts::*set)(int64_t);
};

constexpr Count<v1::Counts> kCounts[] = {
    {&v1::Counts::issued, &v1::Counts::set_issued},
    {&v1::Counts::error_upheld, &v1::Counts::set_error_upheld},
    {&v1::Counts::notice_failed, &v1::Counts::set_notice_failed},
    {&v1::Counts::accepted, &v1::Counts::set_accepted},
    {&v1::Counts::declined, &v1::Counts::set_declined},
    {&v1::Counts::closed_unanswered, &v1::Counts::set_closed_unanswered},
    {&v1::Counts::pending, &v1::Counts::set_pending},
    {&v1::Counts::late, &v1::Counts::set_late},
    {&v1::Counts::silent, &v1::Counts::set_silent},
    {&v1::Counts::won, &v1::Counts::set_won},
    {&v1::Counts::lost, &v1::Counts::set_lost},
    {&v1::Counts::void_, &v1::Counts::set_void_},
    {&v1::Counts::undecided, &v1::Counts::set_undecided},
    {&v1::Counts::late_won, &v1::Counts::set_late_won},
    {&v1::Counts::late_lost, &v1::Counts::set_late_lost},
    {&v1::Counts::late_void, &v1::Counts::set_late_void},
    {&v1::Counts::late_undecided, &v1::Counts::set_late_undecided},
    {&v1::Counts::returned_by_provider, &v1::Counts::set_returned_by_provider},
    {&v1::Counts::returned_otherwise, &v1::Counts::set_returned_otherwise},
    {&v1::Counts::started, &v1::Counts::set_started},
    {&v1::Counts::handed_back_by_provider, &v1::Counts::set_handed_back_by_provider},
    {&v1::Counts::handed_back_otherwise, &v1::Counts::set_handed_back_otherwise},
    {&v1::Counts::ceased, &v1::Counts::set_ceased},
    {&v1::Counts::accepted_returned_by_provider, &v1::Counts::set_accepted_returned_by_provider},
    {&v1::Counts::handed_back_in_cohort, &v1::Counts::set_handed_back_in_cohort},
    {&v1::Counts::placed, &v1::Counts::set_placed},
    {&v1::Counts::in_part, &v1::Counts::set_in_part},
    {&v1::Counts::changes_asked, &v1::Counts::set_changes_asked},
    {&v1::Counts::changes_accepted, &v1::Counts::set_changes_accepted},
    {&v1::Counts::changes_declined, &v1::Counts::set_changes_declined},
    {&v1::Counts::changes_silent, &v1::Counts::set_changes_silent},
};

constexpr Count<v1::PackageCounts> kPackageCounts[] = {
    {&v1::PackageCounts::referred, &v1::PackageCounts::set_referred},
    {&v1::PackageCounts::released, &v1::PackageCounts::set_released},
    {&v1::PackageCounts::sourced, &v1::PackageCounts::set_sourced},
    {&v1::PackageCounts::waiting, &v1::PackageCounts::set_waiting},
    {&v1::PackageCounts::cancelled, &v1::PackageCounts::set_cancelled},
};

// Not by reflection: figures over years add up a hundred thousand rows.
template <typename Counts, size_t kSize>
void Add(const Count<Counts> (&counts)[kSize], const Counts& from, Counts* to) {
  static const bool kEachIsThere = kSize == size_t(Counts::descriptor()->field_count());
  BROKERAGE_CHECK(kEachIsThere);
  for (const Count<Counts>& count : counts) {
    (to->*count.set)((to->*count.get)() + (from.*count.get)());
  }
}

}  // namespace

void AddCounts(const v1::Counts& from, v1::Counts* to) { Add(kCounts, from, to); }

void AddCounts(const v1::PackageCounts& from, v1::PackageCounts* to) {
  Add(kPackageCounts, from, to);
}

}  // namespace brokerage::engine
