#include "services/rpc/workers.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace brokerage::services::rpc {

void Workers::Post(std::function<void()> work) { boost::asio::post(pool_, std::move(work)); }

bool Workers::PostQuery(std::function<void()> work) {
  if (queries_.fetch_add(1) >= kQueriesMax) {
    queries_.fetch_sub(1);
    return false;
  }
  Post([this, work = std::move(work)] {
    queries_.fetch_sub(1);
    work();
  });
  return true;
}

}  // namespace brokerage::services::rpc
