export default { title: "hours" };
