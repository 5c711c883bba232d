// What must hold of a person's packages at every moment: nobody is lost, nobody is cared for twice,
// and what a branch is told and shown of a package is what became of it.
#pragma once

#include <string>

#include "engine/model/package.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// What is wrong with the package and those that it follows or that follow it; empty if nothing is.
std::string WrongOfPerson(const Course& course, const PackageAggregate& package);
// What is wrong with how its branches are told of it.
std::string WrongOfFates(const PackageAggregate& package);

}  // namespace brokerage::engine::reference
